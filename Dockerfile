# The app for production: web, worker, beat and migrate are this one image with another command.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATIC_ROOT=/app/staticfiles
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin trellis
RUN install -d -o trellis /anchors
WORKDIR /app

COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/base.txt

COPY . .
# Any keys will do to collect files: nothing is encrypted, and they are not kept.
RUN SECRET_KEY=build FIELD_KEYS=build:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    python manage.py collectstatic --noinput -v 0

RUN mkdir /backups && chown trellis /backups && chmod 700 /backups
USER trellis
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "8", "--respawn-failed-workers", \
     "--workers-kill-timeout", "25", \
     "practice.wsgi:application"]
