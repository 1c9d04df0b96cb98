"""Gradio's first document -> the page's own: its language, its title, its style; nothing of Gradio's advertising."""

from __future__ import annotations

import json
import re
from html import escape

from bot.web.routes import asset_address
from bot.web.texts import page_texts

DROPPED = (
    re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>', re.IGNORECASE),
    re.compile(r'<link rel="manifest"[^>]*>'),
    # The script that lets a frame around the page resize it: no frame may hold this page.
    re.compile(r"<script>(?:(?!</script>).)*iframeResizer\.contentWindow(?:(?!</script>).)*</script>", re.DOTALL),
    re.compile(r"<script data-gradio-mode>.*?</script>", re.DOTALL),
)


def dress_page(html: str, language: str, nonce: str) -> str:
    """Gradio's document in the page's language, with the page's own head, every script marked with `nonce`."""
    for pattern in DROPPED:
        html = pattern.sub("", html)
    html = html.replace('lang="en"', f'lang="{language}"', 1)
    html = html.replace('<meta charset="utf-8" />', '<meta charset="utf-8" />' + _own_head(language), 1)
    html = html.replace("</body>", _own_end(language) + "</body>", 1)
    return re.sub(r"<script(?=[\s>])", f'<script nonce="{nonce}"', html)


def _own_head(language: str) -> str:
    texts = page_texts(language)
    return (
        f"<title>{escape(texts['app_title'])}</title>"
        f'<meta name="description" content="{escape(texts["app_line"])}">'
        '<meta name="color-scheme" content="light dark">'
        '<script>window.__gradio_mode__ = "app";</script>'
        f'<link rel="icon" type="image/svg+xml" href="{asset_address("icon.svg")}">'
        f'<link rel="stylesheet" href="{asset_address("page.css")}">'
        f'<script type="module" src="{asset_address("page.js")}"></script>'
    )


def _own_end(language: str) -> str:
    # "<" in a script element could end it; in JSON it may stand as an escape.
    data = json.dumps(dict(page_texts(language)), ensure_ascii=False).replace("<", "\\u003c")
    note = escape(page_texts(language)["needs_script"])
    script = f'<script type="application/json" id="page-texts" lang="{language}">{data}</script>'
    return f"{script}<noscript><p>{note}</p></noscript>"
