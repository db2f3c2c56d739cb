/// A known weakness: which packages have it, and by which version of each release it is repaired.
struct Weakness: Sendable {
  let id: String
  let packages: [String]
  /// UNKNOWN to CRITICAL.
  let severity: String
  /// The year, with a fraction, from which images have it repaired.
  let year: Double
  let title: String
  /// By release (`debian 12`); empty: not repaired.
  private let repairs: [String: String]

  static let severities = ["UNKNOWN", "LOW", "MEDIUM", "HIGH", "CRITICAL"]

  func repaired(in release: String) -> String? { repairs[release] }

  /// Those that a package of a release has or had, the oldest repair first.
  static func known(
    of package: String, in release: String
  ) -> [(weakness: Weakness, repaired: String)] {
    all.filter { $0.packages.contains(package) }
      .compactMap { weakness in weakness.repaired(in: release).map { (weakness, $0) } }
      .sorted { $0.0.year < $1.0.year }
  }

  /// `ID packages SEVERITY YEAR release=version … | title`; a release is written `debian12`, a
  /// range `alpine3.9-3.13`, `=-` where nothing repairs it.
  private init?(_ line: Substring) {
    let halves = line.split(separator: "|", maxSplits: 1)
    let words = (halves.first ?? "").split(separator: " ").map(String.init)
    guard halves.count == 2, words.count > 4, let year = Double(words[3]) else { return nil }
    id = words[0]
    packages = words[1].split(separator: ",").map(String.init)
    severity = words[2]
    self.year = year
    title = String(halves[1].drop { $0 == " " })
    var repairs: [String: String] = [:]
    for word in words.dropFirst(4) {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { continue }
      let kind = String(parts[0].prefix { $0.isLetter })
      let version = parts[1] == "-" ? "" : parts[1]
      let range = parts[0].dropFirst(kind.count).split(separator: "-").map(String.init)
      let minors = range.compactMap { Int($0.split(separator: ".").last ?? "") }
      if range.count == 2, minors.count == 2, minors[0] <= minors[1], minors[1] < 100 {
        for minor in minors[0]...minors[1] { repairs["\(kind) 3.\(minor)"] = version }
      } else {
        repairs[range.isEmpty ? kind : "\(kind) \(range[0])"] = version
      }
    }
    self.repairs = repairs
  }

  static let all: [Weakness] = lines.split(separator: "\n").compactMap { Weakness($0) }

  private static let lines = """
    CVE-2021-36159 apk-tools CRITICAL 2021.58 alpine3.9-3.11=2.10.7-r0 alpine3.12=2.10.7-r0 alpine3.13=2.12.6-r0 alpine3.14=2.12.6-r0 | libfetch before 2021-07-26, as used in apk-tools, xbps, and others: out of boundary read
    CVE-2021-30139 apk-tools HIGH 2021.3 alpine3.9-3.12=2.10.6-r0 alpine3.13=2.12.5-r0 | apk-tools: crash on a malformed tar header
    CVE-2021-28831 busybox,ssl_client HIGH 2021.25 alpine3.9-3.12=1.31.1-r20 alpine3.13=1.32.1-r4 | busybox: invalid free or segmentation fault via malformed gzip data
    CVE-2021-42378 busybox,ssl_client HIGH 2021.9 alpine3.12=1.31.1-r21 alpine3.13=1.32.1-r7 alpine3.14=1.33.1-r6 | busybox: use-after-free in awk applet leads to denial of service
    CVE-2022-28391 busybox,ssl_client HIGH 2022.3 alpine3.12=1.31.1-r22 alpine3.13=1.32.1-r8 alpine3.14=1.33.1-r7 alpine3.15=1.34.1-r5 | busybox: remote attackers may execute code when netstat is used
    CVE-2023-42366 busybox,ssl_client MEDIUM 2024.45 alpine3.17=1.35.0-r31 alpine3.18=1.36.1-r6 alpine3.19=1.36.1-r16 alpine3.20=1.36.1-r29 | busybox: A heap-buffer-overflow
    CVE-2020-28928 musl MEDIUM 2020.9 alpine3.9-3.11=1.1.24-r3 alpine3.12=1.1.24-r10 | wcsnrtombs: destination buffer overflow
    CVE-2025-26519 musl MEDIUM 2025.15 alpine3.18=1.2.4-r3 alpine3.19=1.2.4_git20230717-r5 alpine3.20=1.2.5-r1 alpine3.21=1.2.5-r9 | musl libc: input-controlled out-of-bounds write in iconv()
    CVE-2018-25032 zlib,zlib1g HIGH 2022.25 alpine3.12-3.15=1.2.12-r0 debian9=1:1.2.8.dfsg-5+deb9u1 debian10=1:1.2.11.dfsg-1+deb10u1 debian11=1:1.2.11.dfsg-2+deb11u1 ubuntu20.04=1:1.2.11.dfsg-2ubuntu1.3 | zlib: A flaw found in zlib when compressing (not decompressing) certain inputs
    CVE-2022-37434 zlib,zlib1g CRITICAL 2022.65 alpine3.12-3.15=1.2.12-r2 alpine3.16=1.2.12-r2 debian10=1:1.2.11.dfsg-1+deb10u2 debian11=1:1.2.11.dfsg-2+deb11u2 ubuntu20.04=1:1.2.11.dfsg-2ubuntu1.5 ubuntu22.04=1:1.2.11.dfsg-2ubuntu9.2 | zlib: heap-based buffer over-read and overflow in inflate() via a large gzip header extra field
    CVE-2023-45853 zlib1g CRITICAL 9999 debian10=- debian11=- debian12=- | zlib: integer overflow and resultant heap-based buffer overflow in zipOpenNewFileInZip4_6
    CVE-2021-3711 libcrypto1.1,libssl1.1,openssl CRITICAL 2021.65 alpine3.11-3.14=1.1.1l-r0 debian9=1.1.0l-1~deb9u4 debian10=1.1.1d-0+deb10u7 debian11=1.1.1k-1+deb11u1 | openssl: SM2 Decryption Buffer Overflow
    CVE-2021-3712 libcrypto1.1,libssl1.1,openssl HIGH 2021.66 alpine3.11-3.14=1.1.1l-r0 debian10=1.1.1d-0+deb10u7 debian11=1.1.1k-1+deb11u1 | openssl: Read buffer overruns processing ASN.1 strings
    CVE-2022-0778 libcrypto1.1,libssl1.1,openssl HIGH 2022.2 alpine3.12-3.15=1.1.1n-r0 debian10=1.1.1d-0+deb10u8 debian11=1.1.1k-1+deb11u2 | openssl: Infinite loop in BN_mod_sqrt() reachable when parsing certificates
    CVE-2022-2068 libssl1.1,openssl CRITICAL 2022.5 debian10=1.1.1n-0+deb10u3 debian11=1.1.1n-0+deb11u3 | openssl: the c_rehash script allows command injection
    CVE-2023-0286 libcrypto1.1,libcrypto3,libssl1.1,libssl3,openssl HIGH 2023.12 alpine3.14-3.16=1.1.1t-r0 alpine3.17=3.0.8-r0 debian10=1.1.1n-0+deb10u4 debian11=1.1.1n-0+deb11u4 | openssl: X.400 address type confusion in X.509 GeneralName
    CVE-2023-0465 libcrypto1.1,libcrypto3,libssl1.1,libssl3,openssl MEDIUM 2023.4 alpine3.14-3.16=1.1.1t-r2 alpine3.17=3.0.8-r3 debian10=1.1.1n-0+deb10u5 debian11=1.1.1n-0+deb11u5 | openssl: Invalid certificate policies in leaf certificates are silently ignored
    CVE-2023-5363 libcrypto3,libssl3,openssl HIGH 2023.82 alpine3.17=3.0.12-r0 alpine3.18=3.1.4-r0 debian12=3.0.11-1~deb12u2 | openssl: Incorrect cipher key and IV length processing
    CVE-2024-6119 libcrypto3,libssl3,openssl HIGH 2024.68 alpine3.18=3.1.7-r0 alpine3.19=3.1.7-r0 alpine3.20=3.3.2-r0 debian12=3.0.14-1~deb12u2 | openssl: Possible denial of service in X.509 name checks
    CVE-2021-33574 libc6,libc-bin CRITICAL 2022.75 debian9=- debian10=2.28-10+deb10u2 debian11=2.31-13+deb11u3 | glibc: mq_notify does not handle separately allocated thread attributes
    CVE-2022-23218 libc6,libc-bin CRITICAL 2022.76 debian10=2.28-10+deb10u2 debian11=2.31-13+deb11u3 | glibc: Stack-based buffer overflow in svcunix_create via long pathnames
    CVE-2019-1010022 libc6,libc-bin LOW 9999 debian9=- debian10=- debian11=- debian12=- debian13=- | glibc: stack guard protection bypass
    CVE-2023-4911 libc6,libc-bin HIGH 2023.76 debian11=2.31-13+deb11u7 debian12=2.36-9+deb12u3 ubuntu22.04=2.35-0ubuntu3.4 | glibc: buffer overflow in ld.so leading to privilege escalation
    CVE-2024-2961 libc6,libc-bin HIGH 2024.32 debian11=2.31-13+deb11u9 debian12=2.36-9+deb12u6 ubuntu20.04=2.31-0ubuntu9.15 ubuntu22.04=2.35-0ubuntu3.7 | glibc: Out of bounds write in iconv may lead to remote code execution
    CVE-2025-4802 libc6,libc-bin HIGH 2025.4 debian11=2.31-13+deb11u13 debian12=2.36-9+deb12u10 | glibc: static setuid binary dlopen may incorrectly search LD_LIBRARY_PATH
    CVE-2022-1271 gzip HIGH 2022.28 debian9=1.6-5+deb9u1 debian10=1.9-3+deb10u1 debian11=1.10-4+deb11u1 ubuntu18.04=1.6-5ubuntu1.2 ubuntu20.04=1.10-0ubuntu4.1 | gzip: arbitrary-file-write vulnerability
    CVE-2021-22946 curl,libcurl4 HIGH 2022.0 debian10=7.64.0-4+deb10u3 debian11=7.74.0-1.3+deb11u2 | curl: Requirement to use TLS not properly enforced for IMAP, POP3, and FTP protocols
    CVE-2022-32207 curl,libcurl4 CRITICAL 2022.62 debian11=7.74.0-1.3+deb11u2 | curl: Unpreserved file permissions
    CVE-2023-23914 curl,libcurl4 CRITICAL 2023.2 debian11=7.74.0-1.3+deb11u7 | curl: HSTS ignored on multiple requests
    CVE-2023-38545 curl,libcurl4 CRITICAL 2023.77 debian11=7.74.0-1.3+deb11u10 debian12=7.88.1-10+deb12u4 | curl: heap based buffer overflow in the SOCKS5 proxy handshake
    CVE-2024-2398 curl,libcurl4 HIGH 2024.6 debian12=7.88.1-10+deb12u7 | curl: HTTP/2 push headers memory-leak
    CVE-2022-40674 libexpat1 CRITICAL 2022.72 debian10=2.2.6-2+deb10u5 debian11=2.2.10-2+deb11u4 | expat: a use-after-free in the doContent function in xmlparse.c
    CVE-2022-22822 libexpat1 CRITICAL 2022.1 debian9=2.2.0-2+deb9u4 debian10=2.2.6-2+deb10u2 debian11=2.2.10-2+deb11u1 | expat: Integer overflow in addBinding in xmlparse.c
    CVE-2024-45491 libexpat1 CRITICAL 2024.7 debian12=2.5.0-1+deb12u1 | libexpat: Integer Overflow or Wraparound
    CVE-2021-20231 libgnutls30 CRITICAL 2021.5 debian10=3.6.7-4+deb10u7 | gnutls: Use after free in client key_share extension
    CVE-2022-2509 libgnutls30 HIGH 2022.6 debian10=3.6.7-4+deb10u9 debian11=3.7.1-5+deb11u2 | gnutls: Double free during gnutls_pkcs7_verify
    CVE-2024-0553 libgnutls30 HIGH 2024.1 debian11=3.7.1-5+deb11u5 debian12=3.7.9-2+deb12u2 | gnutls: incomplete fix for CVE-2023-5981
    CVE-2021-3520 liblz4-1 CRITICAL 2021.4 debian9=0.0~r131-2+deb9u1 debian10=1.8.3-1+deb10u1 | lz4: memory corruption due to an integer overflow bug
    CVE-2023-44487 libnghttp2-14 HIGH 2023.78 debian10=1.36.0-2+deb10u2 debian11=1.43.0-1+deb11u1 debian12=1.52.0-1+deb12u1 | HTTP/2: Multiple HTTP/2 enabled web servers are vulnerable to a DDoS attack (Rapid Reset Attack)
    CVE-2022-29458 libtinfo6 HIGH 2022.83 debian10=6.1+20181013-2+deb10u3 debian11=6.2+20201114-2+deb11u1 | ncurses: segfaulting OOB read
    CVE-2023-29491 libtinfo6 HIGH 2023.9 debian11=6.2+20201114-2+deb11u2 | ncurses: Local users can trigger security-relevant memory corruption via malformed data
    CVE-2023-31484 perl-base HIGH 9999 debian10=- debian11=- debian12=- | perl: CPAN.pm does not verify TLS certificates when downloading distributions over HTTPS
    CVE-2020-16156 perl-base HIGH 2022.7 debian10=5.28.1-6+deb10u2 debian11=- | perl-CPAN: Bypass of verification of signatures in CHECKSUMS files
    CVE-2022-1664 dpkg CRITICAL 2022.4 debian9=1.18.26 debian10=1.19.8 debian11=1.20.10 | Dpkg::Source::Archive in dpkg, the Debian package management system: directory traversal
    CVE-2023-50387 libsystemd0 HIGH 2024.15 debian11=247.3-7+deb11u5 debian12=252.23-1~deb12u1 | bind9: KeyTrap - Extreme CPU consumption in DNSSEC validator
    CVE-2019-3843 libsystemd0 HIGH 9999 debian9=- debian10=- | systemd: services with DynamicUser can create SUID/SGID binaries
    CVE-2011-3374 apt LOW 9999 debian9=- debian10=- debian11=- debian12=- debian13=- | It was found that apt-key in apt, all versions, do not correctly validate signatures
    CVE-2022-0563 util-linux LOW 9999 debian10=- debian11=- debian12=- debian13=- | util-linux: partial disclosure of arbitrary files in chfn and chsh when compiled with libreadline
    CVE-2016-2781 coreutils LOW 9999 debian9=- debian10=- debian11=- debian12=- ubuntu18.04=- ubuntu20.04=- ubuntu22.04=- ubuntu24.04=- | coreutils: Non-privileged session can escape to the parent session in chroot
    CVE-2005-2541 tar LOW 9999 debian9=- debian10=- debian11=- debian12=- debian13=- | tar: does not properly warn the user when extracting setuid or setgid files
    CVE-2022-34903 gpgv MEDIUM 2022.55 ubuntu18.04=2.2.4-1ubuntu1.6 ubuntu20.04=2.2.19-3ubuntu2.2 ubuntu22.04=2.2.27-3ubuntu2.1 | gpg: Signature spoofing via status line injection
    CVE-2024-22365 libpam-modules MEDIUM 2024.1 ubuntu20.04=1.3.1-5ubuntu4.7 ubuntu22.04=1.4.0-11ubuntu2.4 | pam: allowing unprivileged user to block another user namespace
    CVE-2023-24538 stdlib CRITICAL 2023.3 go=1.20.3 | golang: html/template: backticks not treated as string delimiters
    CVE-2023-39325 stdlib HIGH 2023.8 go=1.21.3 | golang: net/http, x/net/http2: rapid stream resets can cause excessive work
    CVE-2024-24790 stdlib CRITICAL 2024.45 go=1.22.4 | golang: net/netip: Unexpected behavior from Is methods for IPv4-mapped IPv6 addresses
    CVE-2024-34156 stdlib HIGH 2024.7 go=1.23.1 | encoding/gob: golang: Calling Decoder.Decode on a message which contains deeply nested structures can cause a panic
    CVE-2025-22871 stdlib CRITICAL 2025.3 go=1.24.2 | net/http: Request smuggling due to acceptance of invalid chunked data in net/http
    CVE-2025-47907 stdlib HIGH 2025.6 go=1.25.0 | database/sql: Postgres Scan Race Condition
    """
}
