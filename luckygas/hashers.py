"""Password hashing that a login flood cannot turn into a denial of service."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with OWASP's second profile (19 MiB, 2 passes): about 20 ms here; Django's default takes 100 MiB."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
