from django.apps import AppConfig


class LuckygasConfig(AppConfig):
    name = "luckygas"
