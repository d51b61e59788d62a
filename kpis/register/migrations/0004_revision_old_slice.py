from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("register", "0003_mail_event"),
    ]

    operations = [
        migrations.AddField(
            model_name="resultrevision",
            name="old_slice_id",
            field=models.BigIntegerField(null=True),
        ),
    ]
