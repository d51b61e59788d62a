import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("register", "0002_records_and_gates"),
    ]

    operations = [
        migrations.CreateModel(
            name="MailEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=40)),
                ("service", models.CharField(max_length=30)),
                ("event", models.CharField(max_length=20)),
                ("metric", models.CharField(blank=True, max_length=20)),
                ("mailing", models.CharField(max_length=150)),
                ("message", models.CharField(max_length=40)),
                ("person", models.CharField(blank=True, max_length=32)),
                ("by_machine", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="register.source",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["source", "at"], name="mail_event_of_day"),
                    models.Index(
                        fields=["source", "message", "person"], name="mail_event_of_letter"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "key"), name="mail_event_once_in_source"
                    )
                ],
            },
        ),
    ]
