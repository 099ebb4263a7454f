#!/usr/bin/env bash
# Checks one release of a published tree as a device does, with nothing but stock tools: minisign, sha256sum, jq, zstd, od.
#
#   docs/verify.sh TREE KEY ID VERSION
#
# TREE is the URL or the directory of the tree, KEY the public key that is pinned (minisign.pub). Each line that is printed is a check that passed; docs/verifying.md says what
# it proves. It ends at the first one that fails.
set -euo pipefail
[ $# = 4 ] || { echo "usage: $0 TREE KEY ID VERSION" >&2; exit 2; }
tree=${1%/} pin=$2 id=$3 version=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "verify.sh: $*" >&2; exit 1; }
ok() { printf 'ok  %s\n' "$*"; }

# get PATH FILE: the published file at PATH. There is nothing to be trusted about it yet.
get() {
  case $tree in
    http://* | https://*) curl -sSf --max-time 60 -o "$2" "$tree/$1" ;;
    *) cp -- "$tree/$1" "$2" ;;
  esac
}

# hashed FILE SHA256 SIZE: fails unless the file is what the reference names.
hashed() {
  [ "$(stat -c %s "$1")" = "$3" ] || fail "$1 has $(stat -c %s "$1") bytes, expected $3"
  echo "$2  $1" | sha256sum --check --status || fail "$1 doesn't have the hash $2"
}

# signed FILE SIGNATURE KEY: prints the trusted comment of the signature, or fails unless it is by the key, over the file, and prehashed.
signed() {
  minisign -V -H -Q -m "$1" -x "$2" -P "$3"
}

# idof KEY: the id of a public key, as it stands in file names.
idof() { printf %s "$1" | base64 -d | od -An -tx1 -j2 -N8 | tr -d ' \n' | sed 's/\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)/\8\7\6\5\4\3\2\1/' | tr a-f A-F; }

# signers N FILE KEYS…: how many of the keys signed version N of the trust document.
signers() {
  local n=$1 doc=$2 have=0 key want
  shift 2
  want="regen/1 keys registry=$(jq -r .registry "$doc") version=$n size=$(stat -c %s "$doc") sha256=$(sha256sum <"$doc" | cut -d' ' -f1)"
  for key; do
    get "keys/$n.json.$(idof "$key").minisig" "$work/sig" 2>/dev/null || continue
    [ "$(signed "$doc" "$work/sig" "$key" 2>/dev/null)" = "$want" ] && have=$((have + 1))
  done
  echo $have
}

# 1. Trust documents: version 1 by the pinned key, and each next one by the threshold of the root keys of both.
pinned=$(tail -n 1 "$pin")
get keys/1.json "$work/keys.1" || fail "there is no keys/1.json"
jq -e --arg key "$pinned" '.root.keys | index($key)' "$work/keys.1" >/dev/null || fail "keys/1.json doesn't have the pinned key among its root keys"
[ "$(signers 1 "$work/keys.1" "$pinned")" = 1 ] || fail "keys/1.json isn't signed by the pinned key"
mapfile -t roots < <(jq -r '.root.keys[]' "$work/keys.1")
[ "$(signers 1 "$work/keys.1" "${roots[@]}")" -ge "$(jq .root.threshold "$work/keys.1")" ] || fail "keys/1.json has too few signatures"
n=1
while get "keys/$((n + 1)).json" "$work/keys.$((n + 1))" 2>/dev/null; do
  now=$work/keys.$n next=$work/keys.$((n + 1)) enough=yes
  for by in "$now" "$next"; do
    mapfile -t roots < <(jq -r '.root.keys[]' "$by")
    [ "$(signers $((n + 1)) "$next" "${roots[@]}")" -ge "$(jq .root.threshold "$by")" ] || enough=no
  done
  [ $enough = yes ] || break
  n=$((n + 1))
done
trust=$work/keys.$n
registry=$(jq -r .registry "$trust")
ok "trust document $n of registry $registry"

# 2. The head: a signature of the root node by a release key, whose comment says everything else.
get index.json.minisig "$work/head"
comment=$(sed -n 's/^trusted comment: //p' "$work/head")
field() { printf '%s\n' "$comment" | tr ' ' '\n' | sed -n "s/^$1=//p"; }
get "index/$(field sha256).json" "$work/root"
hashed "$work/root" "$(field sha256)" "$(field size)"
by=
while read -r key; do
  [ "$(signed "$work/root" "$work/head" "$key" 2>/dev/null)" = "$comment" ] && by=$key
done < <(jq -r '.release[]' "$trust")
[ -n "$by" ] || fail "the head isn't signed by a release key of trust document $n"
case $comment in "regen/1 index registry=$registry "*) ;; *) fail "the head is $comment" ;; esac
[ "$(field expires)" -gt "$(date +%s)" ] || fail "the head expired"
[ "$(field epoch)" = "$(jq '.epoch // 1' "$trust")" ] || fail "the head is of another epoch"
ok "head $(field serial), valid until $(date -u -d "@$(field expires)" +%F), by key $(idof "$by")"

# 3. The catalogue: from the root node down to the package's version list, each by its hash.
digits=$(printf %s "$id" | sha256sum | cut -d' ' -f1)
node=$work/root depth=0
until jq -e .packages "$node" >/dev/null; do
  ref=$(jq -c --arg d "${digits:depth:1}" '.children[$d] // empty' "$node")
  [ -n "$ref" ] || fail "the registry has no package $id"
  get "index/$(jq -r .sha256 <<<"$ref").json" "$work/node.$depth"
  hashed "$work/node.$depth" "$(jq -r .sha256 <<<"$ref")" "$(jq .size <<<"$ref")"
  node=$work/node.$depth depth=$((depth + 1))
done
ref=$(jq -c --arg id "$id" '.packages[$id].versions // empty' "$node")
[ -n "$ref" ] || fail "the registry has no package $id"
get "packages/$id/versions/$(jq -r .sha256 <<<"$ref").json" "$work/list"
hashed "$work/list" "$(jq -r .sha256 <<<"$ref")" "$(jq .size <<<"$ref")"
[ "$(jq -r .id "$work/list")" = "$id" ] || fail "the version list is of another package"
entry=$(jq -c --arg v "$version" '.versions[] | select(.version == $v)' "$work/list")
[ -n "$entry" ] || fail "$id has no version $version"
jq -e '[.yanks[]?.action] | all(. == "warn")' <<<"$entry" >/dev/null || fail "$id $version is blocked by an advisory"
ok "catalogue: $id $version"

# 4. The metadata and the artifact, and the signatures beside them.
get "packages/$id/$version/metadata.json" "$work/metadata"
hashed "$work/metadata" "$(jq -r .metadata.sha256 <<<"$entry")" "$(jq .metadata.size <<<"$entry")"
[ "$(jq -r '.id + " " + .version' "$work/metadata")" = "$id $version" ] || fail "the metadata are of another release"
name=$(jq -r .artifact.name "$work/metadata") sha256=$(jq -r .artifact.sha256 "$work/metadata") size=$(jq .artifact.size "$work/metadata")
get "packages/$id/$version/$name" "$work/artifact"
hashed "$work/artifact" "$sha256" "$size"
ok "artifact: $name, $size bytes, sha256 $sha256"
for part in artifact metadata; do
  file=$name
  [ $part = artifact ] || file=metadata.json
  get "packages/$id/$version/$file.minisig" "$work/sig"
  want="regen/1 $part id=$id version=$version size=$(stat -c %s "$work/$part") sha256=$(sha256sum <"$work/$part" | cut -d' ' -f1)"
  good=
  while read -r key; do
    [ "$(signed "$work/$part" "$work/sig" "$key" 2>/dev/null)" = "$want" ] && good=yes
  done < <(jq -r '.release[]' "$trust")
  [ -n "$good" ] || fail "$file.minisig isn't a signature of this $part by a release key"
done
ok "signatures of the artifact and its metadata"

# 5. Cheaper ways to the same bytes.
if jq -e .artifact.zstd "$work/metadata" >/dev/null; then
  get "packages/$id/$version/$name.zst" "$work/copy.zst"
  hashed "$work/copy.zst" "$(jq -r .artifact.zstd.sha256 "$work/metadata")" "$(jq .artifact.zstd.size "$work/metadata")"
  zstd -dqf "$work/copy.zst" -o "$work/copy"
  hashed "$work/copy" "$sha256" "$size"
  ok "compressed copy"
fi
while read -r from; do
  entry=$(jq -c --arg v "$from" '.versions[] | select(.version == $v)' "$work/list")
  get "packages/$id/$from/metadata.json" "$work/old.metadata"
  hashed "$work/old.metadata" "$(jq -r .metadata.sha256 <<<"$entry")" "$(jq .metadata.size <<<"$entry")"
  get "packages/$id/$from/$(jq -r .artifact.name "$work/old.metadata")" "$work/old"
  hashed "$work/old" "$(jq -r .artifact.sha256 "$work/old.metadata")" "$(jq .artifact.size "$work/old.metadata")"
  get "packages/$id/$version/$name.from-$from.zst" "$work/delta.zst"
  hashed "$work/delta.zst" "$(jq -r --arg v "$from" '.artifact.deltas[] | select(.from == $v) | .sha256' "$work/metadata")" \
    "$(jq --arg v "$from" '.artifact.deltas[] | select(.from == $v) | .size' "$work/metadata")"
  zstd -dqf --patch-from="$work/old" "$work/delta.zst" -o "$work/copy"
  hashed "$work/copy" "$sha256" "$size"
  ok "delta from $from"
done < <(jq -r '.artifact.deltas[]?.from' "$work/metadata")

# 6. The log: the Merkle tree hash over all entries is the one in the head (RFC 6962, section 2.1), and the release is one of them.
unhex() { sed 's/../\\x&/g' | { read -r bytes; printf %b "$bytes"; }; }
join() { { printf '\x01'; printf %s "$1$2" | unhex; } | sha256sum | cut -d' ' -f1; }
entries=$(field log) root=${entries#*:} entries=${entries%%:*}
stack=() sizes=() index=0 seen=
while [ $index -lt "$entries" ]; do
  bundle=$((index / 256)) width=$((entries - index < 256 ? entries - index : 256))
  path=$(printf '%03d' $((bundle % 1000)))
  for ((rest = bundle / 1000; rest > 0; rest /= 1000)); do path=$(printf 'x%03d/%s' $((rest % 1000)) "$path"); done
  [ $width = 256 ] || path=$path.p/$width
  get "log/$(field epoch)/tile/entries/$path" "$work/bundle"
  at=0
  for ((i = 0; i < width; i++)); do
    length=$((16#$(od -An -tx1 -j$at -N2 "$work/bundle" | tr -d ' \n')))
    tail -c +$((at + 3)) "$work/bundle" | head -c $length >"$work/entry"
    at=$((at + 2 + length))
    jq -e --arg id "$id" --arg v "$version" --arg h "$(sha256sum <"$work/metadata" | cut -d' ' -f1)" \
      '.type == "release" and .id == $id and .version == $v and .sha256 == $h' "$work/entry" >/dev/null && seen=$index
    hash=$({ printf '\0'; cat "$work/entry"; } | sha256sum | cut -d' ' -f1) count=1
    while [ ${#sizes[@]} -gt 0 ] && [ "${sizes[-1]}" = $count ]; do
      hash=$(join "${stack[-1]}" "$hash") count=$((2 * count))
      unset 'stack[-1]' 'sizes[-1]'
    done
    stack+=("$hash") sizes+=($count) index=$((index + 1))
  done
  [ $at = "$(stat -c %s "$work/bundle")" ] || fail "the bundle $path has bytes left over"
done
hash=${stack[-1]}
for ((i = ${#stack[@]} - 2; i >= 0; i--)); do hash=$(join "${stack[i]}" "$hash"); done
[ "$hash" = "$root" ] || fail "the log's root is $hash, and the head says $root"
[ -n "$seen" ] || fail "the log has no release of $id $version with these metadata"
ok "log: $entries entries with root $root; the release is entry $seen"
