# The program, and the Python that it runs on; nothing to build or test it with.
#
# The base image is pinned by its full tag. Where your registry is reached, pin what it
# answers with as well: `docker buildx imagetools inspect python:3.11.14-slim-bookworm`
# prints a digest, which goes behind the tag as @sha256:… (docs/operations.md, Images).

ARG PYTHON=python:3.11.14-slim-bookworm

FROM ${PYTHON} AS build
WORKDIR /src
# The versions in requirements.txt and no others; from wheels, so nothing is compiled.
COPY requirements.txt ./
RUN python -m venv --without-pip /opt/coordinator \
 && pip --python /opt/coordinator/bin/python install \
      --no-cache-dir --no-deps --only-binary=:all: --requirement requirements.txt
COPY pyproject.toml LICENSE ./
COPY coordinator coordinator
RUN pip --python /opt/coordinator/bin/python install \
      --no-cache-dir --no-deps --no-build-isolation . \
 && pip --python /opt/coordinator/bin/python uninstall --yes flit_core \
 && /opt/coordinator/bin/python -m compileall -q /opt/coordinator/lib

FROM ${PYTHON}
# What is here is all there will be.
RUN pip uninstall --yes pip setuptools wheel \
 && groupadd --gid 10001 coordinator \
 && useradd --uid 10001 --gid 10001 --home-dir /var/lib/coordinator \
      --create-home --shell /usr/sbin/nologin coordinator \
 && chmod 0700 /var/lib/coordinator
COPY --from=build /opt/coordinator /opt/coordinator
ENV PATH=/opt/coordinator/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    COORDINATOR_HOME=/var/lib/coordinator
USER 10001:10001
WORKDIR /var/lib/coordinator
STOPSIGNAL SIGTERM
ENTRYPOINT ["coordinator"]
CMD ["--help"]
