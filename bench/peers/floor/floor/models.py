from django.db import models


class Row(models.Model):
    user_id = models.BigIntegerField()
    answers = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
