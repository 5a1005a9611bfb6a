"""Plain tables for outside procedures, in a schema of their own."""

from django.db import migrations, models

from integrations.formats.pivot import create_sql, drop_sql


class Migration(migrations.Migration):
    dependencies = [("integrations", "0020_lists_and_addresses")]

    operations = [
        migrations.AlterField(
            model_name="connection",
            name="kind",
            field=models.CharField(
                choices=[
                    ("folder", "folder below the flows folder"),
                    ("sftp", "SFTP"),
                    ("ftps", "FTPS (FTP with TLS)"),
                    ("ftp", "FTP (nothing is encrypted)"),
                    ("s3", "S3 or compatible"),
                    ("http", "web address (fetch only)"),
                    ("pivot", "pivot tables of this platform"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.RunSQL(create_sql(), drop_sql()),
    ]
