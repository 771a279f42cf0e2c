"""Zip archives in memory."""

import io
import zipfile
from collections.abc import Mapping


def packed(files: Mapping[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, (2024, 5, 1, 12, 0, 0))
            target.writestr(member, content, zipfile.ZIP_DEFLATED)
    return archive.getvalue()
