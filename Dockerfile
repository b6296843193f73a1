# One image for every service: the two environments beside each other, as on a developer's machine.
FROM python:3.11-slim-bookworm
RUN pip install --no-cache-dir uv && useradd --create-home --uid 10001 assistant
WORKDIR /srv/assistant
COPY pyproject.toml requirements.lock ./
COPY nlu/pyproject.toml nlu/requirements.lock nlu/
RUN uv venv --quiet .venv && uv pip sync --quiet --no-cache --require-hashes --python .venv requirements.lock \
 && uv venv --quiet nlu/.venv && uv pip sync --quiet --no-cache --require-hashes --python nlu/.venv nlu/requirements.lock
COPY . .
RUN mkdir -p var models && chown assistant: var models
USER assistant
ENV PATH=/srv/assistant/.venv/bin:$PATH
CMD ["python", "-m", "bot", "serve"]
