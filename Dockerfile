# One image for web, live stream, worker and beat; docker-compose.yml says which command each runs.

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/luckygas
COPY requirements.txt .
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --require-hashes -r requirements.txt
COPY . .
# Babel compiles where gettext is missing. The addresses are needed to read the settings, and never used here.
RUN find locale -name '*.po' | while read -r po; do \
      /opt/venv/bin/python -m babel.messages.frontend --quiet compile --input-file "$po" --output-file "${po%.po}.mo" || exit 1; \
    done \
    && SECRET_KEY=build ALLOWED_HOSTS=build PUBLIC_URL=https://build DATABASE_URL=postgresql:///build REDIS_URL=redis://build \
       /opt/venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /srv/luckygas --shell /usr/sbin/nologin luckygas \
    && mkdir -p /srv/media /run/metrics /run/beat \
    && chown luckygas /srv/media /run/metrics /run/beat
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/luckygas /srv/luckygas
WORKDIR /srv/luckygas
# The certificate names it; evidence of another revision counts for nothing.
ARG REVISION=
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    MEDIA_ROOT=/srv/media PROMETHEUS_MULTIPROC_DIR=/run/metrics REVISION=$REVISION
USER luckygas
EXPOSE 8000 8001
CMD ["granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "5", "--respawn-failed-workers", \
     "--host", "0.0.0.0", "--port", "8000", "luckygas.wsgi:application"]
