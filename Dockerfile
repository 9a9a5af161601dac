# The packages are built in one stage and copied into the next, which holds neither pip's cache nor a compiler.
FROM python:3.13-slim AS packages
WORKDIR /app
COPY requirements-fast.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements-fast.txt

FROM python:3.13-slim
ENV PATH="/venv/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data \
    STATIC_ROOT=/app/staticfiles
WORKDIR /app
RUN useradd --system --uid 10001 --no-create-home wishlist && install -d -o wishlist /data
COPY --from=packages /venv /venv
COPY . .
# Settings ask for secrets; static files have none. These are never used again.
RUN build=for-this-one-command-and-for-nothing-else; \
    SECRET_KEY=$build JWT_SECRET_KEY=$build LINK_SECRET=$build python manage.py collectstatic --no-input
USER wishlist
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
# Generates secrets that are not set, into the volume, and refuses what would be unsafe in public.
ENTRYPOINT ["python", "scripts/entrypoint.py"]
CMD ["python", "manage.py", "serve"]
