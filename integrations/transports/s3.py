"""S3 and what speaks like it (MinIO, Ceph, OVH, Scaleway…), by boto3."""

from typing import IO, Any
from urllib.parse import urlsplit

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError, SSLError
from django.conf import settings
from django.utils.translation import gettext as _

from altazion.lib.problems import Refused
from integrations.transports.base import (
    CONNECT_SECONDS,
    MOST_FILES,
    RemoteFile,
    Target,
    TransportProblem,
    copy,
    joined,
    told,
    wanted,
    words,
)
from integrations.transports.reach import addresses

_SIGN_IN = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied", "403", "AuthorizationHeaderMalformed"}
_ABSENT = {"NoSuchBucket", "NoSuchKey", "404", "NotFound"}


class S3Transport:
    """One bucket. base: `bucket/prefix`; host: the address of the service, AWS's own when empty."""

    lists_at_once = True

    def __init__(self, target: Target) -> None:
        self._bucket, _slash, self._prefix = target.base.strip("/").partition("/")
        endpoint = target.host or None
        if endpoint:
            if "://" not in endpoint:
                endpoint = f"https://{endpoint}" + (f":{target.port}" if target.port else "")
            parts = urlsplit(endpoint)
            with told(parts.hostname or endpoint):
                addresses(parts.hostname or "", parts.port or 443)
        self._host = urlsplit(endpoint).hostname or endpoint if endpoint else "Amazon S3"
        seconds = settings.FLOWS_SILENCE_SECONDS
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=target.region or "us-east-1",
            aws_access_key_id=target.account,
            aws_secret_access_key=target.secret,
            verify=settings.FLOWS_CA_FILE or None,
            config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=seconds,
                retries={"total_max_attempts": 2},
                s3={"addressing_style": "path" if endpoint else "auto"},
                # checksums that came with newer boto3 are not understood by every compatible service
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def files(self, folder: str, pattern: str) -> list[RemoteFile]:
        prefix = self._key(folder, "")
        found = []
        with self._told():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=prefix, Delimiter="/", PaginationConfig={"MaxItems": 20_000}
            )
            for page in pages:
                for entry in page.get("Contents", ()):
                    name = entry["Key"][len(prefix) :]
                    if name and wanted(name, pattern):
                        stamp = f"{entry['LastModified'].isoformat()} {entry['ETag']}"
                        found.append(RemoteFile(name, entry["Key"], entry["Size"], stamp[:120]))
        return sorted(found, key=lambda file: (file.stamp, file.name))[:MOST_FILES]

    def fetch(self, file: RemoteFile, into: IO[bytes]) -> None:
        with self._told():
            answer = self._client.get_object(Bucket=self._bucket, Key=file.path)
            with answer["Body"] as body:
                copy(body.read, into, size=file.size, name=file.name)

    def put(self, folder: str, name: str, stream: IO[bytes]) -> str:
        key = self._key(folder, name)
        with self._told():
            self._client.upload_fileobj(stream, self._bucket, key)
        return f"{self._bucket}/{key}"

    def move_aside(self, file: RemoteFile) -> None:
        folder, _slash, name = file.path.rpartition("/")
        with self._told():
            source = {"Bucket": self._bucket, "Key": file.path}
            self._client.copy_object(Bucket=self._bucket, Key=f"{folder}/done/{name}".lstrip("/"), CopySource=source)
            self._client.delete_object(Bucket=self._bucket, Key=file.path)

    def delete(self, file: RemoteFile) -> None:
        with self._told():
            self._client.delete_object(Bucket=self._bucket, Key=file.path)

    def close(self) -> None:
        client = getattr(self, "_client", None)
        if client is not None:
            client.close()

    def _key(self, folder: str, name: str) -> str:
        path = joined(self._prefix, folder, name)
        path = "" if path == "." else path
        return f"{path}/" if path and not name else path

    def _told(self) -> "_Told":
        return _Told(str(self._host), self._bucket)


class _Told:
    """What boto3 raises, as sentences."""

    def __init__(self, host: str, bucket: str) -> None:
        self._host, self._bucket = host, bucket

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None or isinstance(error, Refused) or not isinstance(error, Exception):
            return
        if isinstance(error, ClientError):
            raise self._answered(error) from error
        if isinstance(error, ConnectTimeoutError | ReadTimeoutError | TimeoutError):
            text, code = _("%s does not answer: the connection was given up.") % self._host, "silent"
        elif isinstance(error, SSLError):
            facts = {"host": self._host, "why": words(error)}
            text, code = _("The certificate of %(host)s cannot be trusted: %(why)s.") % facts, "untrusted"
        elif (
            isinstance(error, BotoCoreError | Boto3Error | OSError | ValueError) or "urllib3" in type(error).__module__
        ):
            facts = {"host": self._host, "why": words(error)}
            text, code = _("The connection to %(host)s broke: %(why)s.") % facts, "broken"
        else:
            return
        raise TransportProblem(text, code=code) from error

    def _answered(self, error: ClientError) -> TransportProblem:
        said = str(error.response.get("Error", {}).get("Code", ""))
        if said in _SIGN_IN:
            return TransportProblem(
                _("%s does not let us in: account or secret is wrong, or the bucket forbids it.") % self._host,
                code="signed_out",
            )
        if said in _ABSENT:
            facts = {"host": self._host, "bucket": self._bucket}
            return TransportProblem(
                _("%(host)s does not have the bucket %(bucket)s, or the file.") % facts, code="no_folder"
            )
        return TransportProblem(
            _("%(host)s answers with an error (%(status)s).") % {"host": self._host, "status": said}, code="bad_answer"
        )
