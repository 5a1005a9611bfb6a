"""An API answers in the language that its caller accepts."""

import pytest

from tests.builders import a_channel, an_api_key

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("accepts", "language", "word"),
    [
        ("", "fr", "Rien"),
        ("en-GB,en;q=0.8", "en", "Nothing"),
        ("de, en;q=0.5, fr;q=0.4", "en", "Nothing"),
        ("fr", "fr", "Rien"),
        ("zz;q=x,,;;", "fr", "Rien"),
        ("x" * 5000, "fr", "Rien"),
    ],
)
def test_problems_speak_the_callers_language(client, accepts, language, word):
    a_channel()
    key = an_api_key("catalog:read")
    answer = client.get(
        "/api/v1/references/none", headers={"Authorization": f"Bearer {key}", "Accept-Language": accepts}
    )
    assert answer.status_code == 404
    assert answer["Content-Language"] == language
    assert "Accept-Language" in answer["Vary"]
    assert word in answer.json()["detail"]
