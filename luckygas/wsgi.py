"""What the web server serves: every ordinary page, synchronous."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luckygas.settings")

application = get_wsgi_application()
