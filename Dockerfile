# parkstats as an image: web, jobs, backup and proxy are this one, each with a command of its own (compose.yaml).
FROM debian:bookworm-slim
COPY . /usr/src/parkstats
WORKDIR /usr/src/parkstats
RUN scripts/install --image && rm -rf /var/lib/apt/lists/*
