"""Which language a file is written in, by its name."""

from __future__ import annotations

BY_EXTENSION = {
    "py": "python", "pyi": "python", "ipynb": "notebook",
    "js": "javascript", "mjs": "javascript", "cjs": "javascript", "jsx": "javascript",
    "ts": "typescript", "mts": "typescript", "cts": "typescript", "tsx": "tsx",
    "go": "go", "java": "java", "kt": "kotlin", "rs": "rust", "rb": "ruby", "php": "php", "cs": "csharp",
    "c": "c", "h": "c", "cc": "cpp", "cpp": "cpp", "hpp": "cpp", "swift": "swift", "scala": "scala",
    "sh": "shell", "bash": "shell", "zsh": "shell", "ps1": "powershell", "sql": "sql",
    "html": "html", "htm": "html", "vue": "vue", "svelte": "svelte", "css": "css", "scss": "css",
    "yaml": "yaml", "yml": "yaml", "json": "json", "jsonc": "json", "toml": "toml", "ini": "ini", "cfg": "ini",
    "env": "env", "tf": "terraform", "tfvars": "terraform", "md": "markdown", "mdx": "markdown", "rst": "rst",
    "dockerfile": "dockerfile",
}  # fmt: skip

GRAMMARS = {
    "python": "python", "javascript": "javascript", "typescript": "typescript", "tsx": "tsx", "go": "go",
    "java": "java", "rust": "rust", "ruby": "ruby", "csharp": "csharp", "php": "php", "kotlin": "kotlin",
    "yaml": "yaml", "json": "json", "html": "html", "shell": "bash",
}  # fmt: skip
"""Languages that ast-grep has a grammar for, by the grammar's name."""

_BINARY = (
    "png jpg jpeg gif webp ico bmp tiff svgz pdf zip gz bz2 xz zst tar tgz 7z rar jar war whl egg so dll dylib exe bin"
    " dat pkl pickle joblib npy npz pt pth onnx safetensors gguf h5 parquet arrow feather db sqlite sqlite3 mp3 mp4 wav"
    " ogg webm mov avi woff woff2 ttf otf eot class pyc pyo o a wasm docx xlsx pptx lockb"
)
BINARY = frozenset(_BINARY.split())
"""Extensions of files that are never text: left out without being read."""

_LOCK_NAMES = (
    "poetry.lock uv.lock pdm.lock Pipfile.lock pylock.toml package-lock.json npm-shrinkwrap.json yarn.lock bun.lock"
    " pnpm-lock.yaml go.sum Cargo.lock Gemfile.lock composer.lock conda-lock.yml pixi.lock"
)
LOCK_NAMES = frozenset(_LOCK_NAMES.split())
"""Lock files: generated and often large, and still read."""

BY_NAME = {"dockerfile": "dockerfile", "containerfile": "dockerfile", "makefile": "make", "procfile": "procfile"}


def language_of(name: str) -> str:
    """Return the language of a file called `name`; `text` when it is none that we know."""
    lower = name.lower()
    extension = lower.rpartition(".")[2] if "." in lower else ""
    if lower.startswith(".env") or lower.endswith((".env.example", ".env.sample")):
        return BY_EXTENSION[extension] if extension in ("py", "ts", "js", "go", "sh") else "env"
    if extension in BY_EXTENSION:
        return BY_EXTENSION[extension]
    return BY_NAME.get(lower) or BY_NAME.get(lower.split(".")[0]) or "text"
