# One image for every process; the command says which.
FROM node:22-slim AS dashboard
WORKDIR /src/dashboards
COPY dashboards/package.json dashboards/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY dashboards/ ./
RUN npm run build

FROM python:3.11-slim AS packages
COPY requirements.lock /tmp/
RUN python -m venv /opt/smartpark && /opt/smartpark/bin/pip install --no-cache-dir --require-hashes -r /tmp/requirements.lock

FROM python:3.11-slim
# The browser prints reports as PDF; the fonts are for their Chinese.
RUN apt-get update && apt-get install -y --no-install-recommends chromium fonts-noto-cjk && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /app smartpark && install -d -o smartpark -g smartpark /var/lib/smartpark
COPY --from=packages /opt/smartpark /opt/smartpark
WORKDIR /app
COPY pyproject.toml LICENSE ./
COPY smartpark/ smartpark/
COPY ingest/ ingest/
COPY alerts/ alerts/
COPY records/ records/
COPY modules/ modules/
COPY api/ api/
COPY simulators/ simulators/
COPY parks/ parks/
COPY --from=dashboard /src/dashboards/dist dashboards/dist
ENV PATH=/opt/smartpark/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    SMARTPARK_DATA_DIR=/var/lib/smartpark SMARTPARK_LOG_FORMAT=json
USER smartpark
VOLUME /var/lib/smartpark
EXPOSE 8080
CMD ["python", "-m", "api"]
