import Linux
import Testing

/// Everything that learners make with openssl, made once.
private func prepared() -> Desk {
  let desk = Desk()
  for line in [
    "openssl genrsa -out jane.key 2048",
    "openssl req -new -key jane.key -subj /CN=jane/O=dev/O=ops -out jane.csr",
    "openssl ecparam -name prime256v1 -genkey -noout -out ec.key",
    "openssl genpkey -algorithm ed25519 -out ed.key",
    "openssl req -x509 -new -key ec.key -days 100 -out ca.crt -subj '/C=DE/ST=B/O=Y/CN=my ca'",
    "openssl req -x509 -new -key ed.key -days 9 -out ed.crt -subj /CN=ed "
      + "-addext keyUsage=critical,digitalSignature,keyCertSign "
      + "-addext extendedKeyUsage=serverAuth,clientAuth "
      + "-addext basicConstraints=critical,CA:FALSE",
    "openssl req -new -key ec.key -subj /CN=web -addext subjectAltName=DNS:web.x,IP:10.0.0.7 "
      + "-out web.csr",
    "openssl x509 -req -in jane.csr -CA ca.crt -CAkey ec.key -CAcreateserial -days 10 "
      + "-out jane.crt",
    "printf 'subjectAltName=DNS:a.b,DNS:*.c' > ext",
    "openssl x509 -req -in web.csr -CA ca.crt -CAkey ec.key -set_serial 4660 -extfile ext "
      + "-out web.crt",
  ] {
    let made = desk.run(line)
    if made.status != 0 { Issue.record("\(line)\n\(made.errors)") }
  }
  return desk
}

@Test("openssl shows keys, requests and certificates as the real one does")
func shows() throws {
  try #require(Desk.hasJudge, "the real openssl 3.0 is not here to judge")
  let desk = prepared()
  for line in [
    "openssl req -in jane.csr -noout -text", "openssl req -in web.csr -noout -text -verify",
    "openssl req -in jane.csr -noout -subject -pubkey", "openssl x509 -in ca.crt -text -noout",
    "openssl x509 -in ed.crt -text", "openssl x509 -in jane.crt -text -noout",
    "openssl x509 -in web.crt -text -noout", "openssl x509 -in jane.crt -noout -dates -serial",
    "openssl x509 -in jane.crt -noout -subject -issuer -enddate -startdate",
    "openssl x509 -in web.crt -noout -ext subjectAltName",
    "openssl x509 -noout -modulus -in jane.crt",
    "openssl x509 -in ca.crt -noout -fingerprint -sha256",
    "openssl x509 -in ca.crt -fingerprint -noout", "openssl x509 -in ca.crt -pubkey -noout",
    "openssl verify -no_check_time -CAfile ca.crt jane.crt web.crt",
    "openssl rsa -in jane.key -text -noout", "openssl rsa -in jane.key -check -noout",
    "openssl rsa -in jane.key -pubout", "openssl rsa -in jane.key -modulus -noout",
    "openssl rsa -in jane.key", "openssl ec -in ec.key -pubout", "openssl ec -in ec.key",
    "openssl pkey -in ec.key -text -noout", "openssl pkey -in ed.key -text -noout",
    "openssl pkey -in ec.key", "openssl pkey -in ed.key -pubout",
    "openssl rsa -in jane.key -traditional",
    "openssl x509 -pubkey -in jane.crt -noout | openssl rsa -pubin -outform der | openssl sha256",
    "openssl dgst -sha256 jane.crt", "openssl sha1 jane.crt", "openssl md5 -r jane.crt",
    "openssl dgst -sha512 -r ext", "openssl base64 -in ext", "openssl enc -base64 -A -in jane.key",
    "echo aGVsbG8K | openssl base64 -d", "openssl x509 -in web.crt -outform der | openssl sha256",
  ] {
    let own = desk.run(line)
    let real = try desk.judge(line)
    #expect(own.output == real, "\(line)\n\(own.errors)")
  }
}

@Test("equal seeds make equal keys, requests and certificates")
func repeatable() {
  let line =
    "openssl req -x509 -newkey rsa:1024 -nodes -keyout k -subj /CN=x -out c; "
    + "openssl req -x509 -newkey ec -nodes -keyout k -subj /CN=x -out c; cat k c; "
    + "openssl rand -hex 8"
  let first = Desk(seed: 3).run(line)
  #expect(first.output == Desk(seed: 3).run(line).output)
  #expect(first.output != Desk(seed: 4).run(line).output)
}

@Test("openssl refuses in its own words", arguments: Table.refusals)
func refuses(_ line: String, _ words: String) {
  let made = Desk().run(line)
  #expect(made.status != 0)
  #expect((made.output + made.errors).contains(words), "\(line)\n\(made.errors)")
}

private enum Table {
  static let refusals = [
    ("openssl foo", "Invalid command 'foo'; type \"help\" for a list.\n"),
    ("openssl req -foo", "req: Unknown option or message digest: foo\nreq: Use -help for summary."),
    ("openssl x509 -in nope", "Could not open file or uri for loading certificate from nope\n"),
    ("openssl req -new -key nope -subj /CN=x", "loading private key from nope\n"),
    ("echo x > k; openssl req -new -key k -subj /CN=x", "Could not read private key from k\n"),
    ("openssl genrsa foo", "genrsa: Can't parse \"foo\" as a number\n"),
    (
      "openssl ecparam -name prime256v1 -genkey -out k; openssl req -new -key k -subj CN=x",
      "This name is not in that format: 'CN=x'\n"
    ),
    (
      "openssl ecparam -name prime256v1 -genkey -out k; openssl req -x509 -new -key k "
        + "-subj /CN=x -out c; openssl verify c",
      "CN = x\nerror 18 at 0 depth lookup: self-signed certificate\nerror c: verification failed\n"
    ),
    ("openssl pkcs12 -export", "drydock: not simulated: openssl pkcs12\n"),
    ("openssl s_client -connect nowhere:443", "Name or service not known\nconnect:errno=22\n"),
    ("openssl rand", "rand: Use -help for summary.\n"),
    ("openssl rand 99999999999", "drydock: openssl rand of more than"),
  ]
}

@Test("without -subj openssl asks for the parts of the name")
func asks() {
  let desk = Desk()
  _ = desk.run("openssl ecparam -name prime256v1 -genkey -noout -out k")
  let made = desk.run("openssl req -new -key k -out c", input: "DE\n.\n\nMe\n\njane\n\n\n\n")
  #expect(made.status == 0)
  #expect(made.errors.contains("Common Name (e.g. server FQDN or YOUR name) []:"))
  #expect(
    desk.run("openssl req -in c -noout -subject").output == "subject=C = DE, O = Me, CN = jane\n")
}

@Test("a configuration file gives subject and alternative names")
func configuration() {
  let desk = Desk()
  let made = desk.run(
    """
    cat > c.cnf <<X
    [req]
    prompt = no
    distinguished_name = dn
    req_extensions = v3
    [dn]
    CN = etcd
    0.O = one
    [v3]
    keyUsage = keyEncipherment, dataEncipherment
    subjectAltName = @names
    [names]
    DNS.1 = a.example
    IP.1 = 10.0.0.1
    X
    openssl req -newkey ec -nodes -keyout k -config c.cnf | openssl req -noout -text
    """)
  #expect(made.output.contains("Subject: CN = etcd, O = one\n"), "\(made.errors)")
  #expect(made.output.contains("DNS:a.example, IP Address:10.0.0.1\n"))
  #expect(made.output.contains("Key Encipherment, Data Encipherment\n"))
}
