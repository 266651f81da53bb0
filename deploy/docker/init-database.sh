#!/usr/bin/env bash
# Creates the database and its logins. The image of PostgreSQL runs it once, when it creates an empty volume.
set -euo pipefail
PASSWORD=$(</run/secrets/database_password) MIGRATOR_PASSWORD=$(</run/secrets/migrator_password) \
    psql --no-psqlrc --username "$POSTGRES_USER" --dbname postgres --file /etc/cashpilot/database.sql
