# Reads pending certificate requests and prints for each `approve REQUEST NODE` or
# `refuse REQUEST REASON`; requests for other signers get no line. -v nodes=FILE: a line for each
# node, its name and its addresses in hexadecimal.

BEGIN {
  letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  for (i = 0; i < 64; i++) digit[substr(letters, i + 1, 1)] = i
  for (i = 0; i < 256; i++) character[i] = sprintf("%c", i)
  while ((getline line < nodes) > 0) {
    split(line, words, " ")
    if (words[1] != "") addresses[words[1]] = line " "
  }
  close(nodes)
  # Object identifiers as hexadecimal.
  common_name = "550403"; organization = "55040a"
  extension_request = "2a864886f70d01090e"; subject_alt_name = "551d11"
}

$1 == "request" { forget(); request = $2 }
$1 == "signer" { signer = $2 }
$1 == "user" { user = rest() }
$1 == "group" { if (rest() == "\"system:nodes\"") of_nodes = 1 }
$1 == "usage" { usages = usages "," rest() "," }
$1 == "asks" { asks = $2 }
$1 == "end" { judge() }

function rest() { return substr($0, index($0, " ") + 1) }

function forget() {
  request = signer = user = usages = asks = reason = names = ""
  of_nodes = serving = 0
}

function refuse(why) { if (reason == "") reason = why }

function judge(  node, left) {
  # Before 1.18 requests name no signer.
  serving = (signer == "\"kubernetes.io/kubelet-serving\"")
  if (signer == "" && index(usages, ",server auth,")) serving = 1
  if (!serving) return
  node = user
  if (!sub(/^"system:node:/, "", node) || !sub(/"$/, "", node)) refuse("not asked for by a node")
  else if (!(node in addresses)) refuse("no node of the inventory is called " node)
  if (!of_nodes) refuse("who asks is not in the group system:nodes")
  left = usages
  gsub(/,(digital signature|key encipherment|server auth),/, "", left)
  if (left != "") refuse("it is to be used for more than serving")
  if (!index(usages, ",server auth,")) refuse("it is not to be used for serving")
  if (reason == "") read_request(node)
  if (reason == "" && names == "") refuse("it asks for no name")
  if (reason == "") print "approve", request, node
  else print "refuse", request, reason
}

# A certificate request is DER within PEM within base64.
function read_request(node,  size, pem, i) {
  size = decode(asks)
  pem = ""
  for (i = 0; i < size; i++) pem = pem character[byte[i]]
  if (!sub(/^-----BEGIN CERTIFICATE REQUEST-----\n/, "", pem) ||
      !sub(/\n-----END CERTIFICATE REQUEST-----\n*$/, "", pem) || pem !~ /^[A-Za-z0-9+\/=\n]+$/) {
    refuse("it is no PEM of one request")
    return
  }
  gsub(/\n/, "", pem)
  end_of_all = decode(pem)
  take_request(node)
}

# Fills byte[0..] and gives their number.
function decode(text,  i, n, held, bits, value) {
  n = held = bits = 0
  for (i = 1; i <= length(text); i++) {
    value = substr(text, i, 1)
    if (!(value in digit)) break
    held = held * 64 + digit[value]
    bits += 6
    if (bits >= 8) {
      bits -= 8
      value = int(held / power(bits))
      byte[n++] = value
      held -= value * power(bits)
    }
  }
  return n
}

function power(bits,  value) {
  for (value = 1; bits > 0; bits--) value *= 2
  return value
}

# Reads the tag and the length at `at`: sets tag, from and to of what it holds.
function open(at, within,  count, size) {
  if (at + 2 > within) { refuse("it is cut off"); tag = -1; from = to = within; return }
  tag = byte[at]
  size = byte[at + 1]
  from = at + 2
  if (size >= 128) {
    count = size - 128
    if (count < 1 || count > 3) { refuse("it is no DER"); size = 0; count = 0 }
    for (size = 0; count > 0; count--) size = size * 256 + byte[from++]
  }
  to = from + size
  if (to > within) { refuse("it is cut off"); to = within }
}

function hex(first, last,  text) {
  for (text = ""; first < last; first++) text = text sprintf("%02x", byte[first])
  return text
}

function text_of(first, last,  text) {
  for (text = ""; first < last; first++) {
    if (byte[first] < 33 || byte[first] > 126) { refuse("a name in it is not plain"); return "" }
    text = text character[byte[first]]
  }
  return text
}

# CertificationRequest { info { version, subject, key, [0] attributes }, algorithm, signature }
function take_request(node,  info_end, at) {
  open(0, end_of_all)
  if (tag != 48 || to != end_of_all) { refuse("it is no request"); return }
  open(from, to)
  info_end = to
  open(from, info_end); at = to
  open(at, info_end); at = to
  if (tag != 48) refuse("it has no subject")
  else take_subject(from, to, node)
  open(at, info_end); at = to
  while (at < info_end && reason == "") {
    open(at, info_end); at = to
    if (tag != 160) refuse("it has a part that is not known")
    else take_attributes(from, to, node)
  }
}

# Exactly the node's own name and its group.
function take_subject(at, subject_end, node,  next_at, id, commons, groups, value) {
  commons = groups = 0
  while (at < subject_end && reason == "") {
    open(at, subject_end); next_at = to
    if (tag != 49) { refuse("its subject is not plain"); return }
    open(from, to)
    if (to != next_at) { refuse("its subject is not plain"); return }
    at = to
    open(from, at); id = hex(from, to)
    open(to, at); value = text_of(from, to)
    if (to != at) { refuse("its subject is not plain"); return }
    if (id == common_name && value == "system:node:" node) commons++
    else if (id == organization && value == "system:nodes") groups++
    else refuse("its subject is not that of the node")
    at = next_at
  }
  if (commons != 1 || groups != 1) refuse("its subject is not that of the node")
}

# One attribute: the extensions, of which there is one: names.
function take_attributes(at, attributes_end, node,  attribute_end, extensions_end, id, seen) {
  while (at < attributes_end && reason == "") {
    open(at, attributes_end); at = attribute_end = to
    open(from, attribute_end); id = hex(from, to)
    if (id != extension_request || seen++) { refuse("it asks for more than names"); return }
    open(to, attribute_end)
    open(from, to); extensions_end = to
    take_extensions(from, extensions_end, node)
  }
}

function take_extensions(at, extensions_end, node,  extension_end, id) {
  while (at < extensions_end && reason == "") {
    open(at, extensions_end); at = extension_end = to
    open(from, extension_end); id = hex(from, to)
    if (id != subject_alt_name) { refuse("it asks for more than names"); return }
    open(to, extension_end)
    if (tag == 1) open(to, extension_end)
    if (tag != 4 || to != extension_end) { refuse("its names are not plain"); return }
    open(from, to)
    if (tag != 48) { refuse("its names are not plain"); return }
    take_names(from, to, node)
  }
}

# DNS names (tag 130) and addresses (tag 135).
function take_names(at, names_end, node,  value) {
  while (at < names_end && reason == "") {
    open(at, names_end); at = to
    if (tag == 130) {
      value = text_of(from, to)
      if (value != node) refuse("it asks for the name " value)
    } else if (tag == 135) {
      value = hex(from, to)
      if (!index(addresses[node], " " value " ")) refuse("it asks for the address " value " in hexadecimal")
    } else refuse("it asks for a name of another kind")
    names = names " " value
  }
}
