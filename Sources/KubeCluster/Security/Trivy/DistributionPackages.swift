/// The packages of distributions' base images, with the version that each release came with.
enum DistributionPackages {
  /// `debian 12`, `alpine 3.18`, `ubuntu 22.04`: what versions of packages go by.
  static func key(_ kind: String, _ version: String) -> String {
    let numbers = version.split(separator: ".").map(String.init)
    return kind == "debian"
      ? "debian \(numbers.first ?? "")" : "\(kind) \(numbers.prefix(2).joined(separator: "."))"
  }

  static func packages(of key: String) -> [(name: String, version: String)] {
    table[key] ?? []
  }

  /// Go's minor release by Kubernetes'.
  static let goVersions = [
    19: 15, 20: 15, 21: 16, 22: 16, 23: 17, 24: 18, 25: 19, 26: 19, 27: 20, 28: 20, 29: 21, 30: 22,
    31: 22, 32: 23, 33: 24, 34: 24, 35: 25, 36: 26,
  ]

  private static let table: [String: [(name: String, version: String)]] = {
    var found: [String: [(name: String, version: String)]] = [:]
    for text in [debian, alpine, ubuntu] {
      let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
      guard let head = lines.first, let kind = head.first else { continue }
      for (column, release) in head.enumerated().dropFirst() {
        found["\(kind) \(release)"] = lines.dropFirst().compactMap { cells in
          guard column < cells.count, cells[column] != "-" else { return nil }
          return (cells[0], cells[column])
        }
      }
    }
    return found
  }()

  private static let debian = """
    debian 9 10 11 12 13
    apt 1.4.9 1.8.2.3 2.2.4 2.6.1 3.0.3
    base-files 9.9+deb9u13 10.3+deb10u13 11.1+deb11u11 12.4+deb12u12 13.8+deb13u2
    bash 4.4-5 5.0-4 5.1-2+b3 5.2.15-2+b2 5.2.37-2+b5
    coreutils 8.26-3 8.30-3 8.32-4+b1 9.1-1 9.7-3
    curl 7.52.1-5+deb9u9 7.64.0-4+deb10u1 7.74.0-1.3+deb11u1 7.88.1-10 8.14.1-2
    dpkg 1.18.25 1.19.7 1.20.9 1.21.22 1.22.21
    gzip 1.6-5+b1 1.9-3 1.10-4 1.12-1 1.13-1
    libc-bin 2.24-11+deb9u4 2.28-10 2.31-13+deb11u2 2.36-9 2.41-12
    libc6 2.24-11+deb9u4 2.28-10 2.31-13+deb11u2 2.36-9 2.41-12
    libcurl4 - 7.64.0-4+deb10u1 7.74.0-1.3+deb11u1 7.88.1-10 8.14.1-2
    libexpat1 2.2.0-2+deb9u3 2.2.6-2+deb10u1 2.2.10-2 2.5.0-1 2.7.1-2
    libgnutls30 3.5.8-5+deb9u5 3.6.7-4+deb10u5 3.7.1-5 3.7.9-2 3.8.9-3
    liblz4-1 0.0~r131-2+b1 1.8.3-1 1.9.3-2 1.9.4-1 1.10.0-4
    libnghttp2-14 1.18.1-1+deb9u1 1.36.0-2+deb10u1 1.43.0-1 1.52.0-1 1.64.0-1.1
    libssl1.1 1.1.0l-1~deb9u1 1.1.1d-0+deb10u3 1.1.1k-1 - -
    libssl3 - - - 3.0.9-1 -
    libssl3t64 - - - - 3.5.1-1
    libsystemd0 232-25+deb9u12 241-7~deb10u7 247.3-6 252.6-1 257.8-1~deb13u2
    libtinfo6 - 6.1+20181013-2+deb10u2 6.2+20201114-2 6.4-4 6.5+20250216-2
    openssl 1.1.0l-1~deb9u1 1.1.1d-0+deb10u3 1.1.1k-1 3.0.9-1 3.5.1-1
    perl-base 5.24.1-3+deb9u6 5.28.1-6+deb10u1 5.32.1-4+deb11u2 5.36.0-7 5.40.1-6
    tar 1.29b-1.1 1.30+dfsg-6 1.34+dfsg-1 1.34+dfsg-1.2 1.35+dfsg-3.1
    util-linux 2.29.2-1+deb9u1 2.33.1-0.1 2.36.1-8 2.38.1-5+b1 2.41-5
    zlib1g 1:1.2.8.dfsg-5 1:1.2.11.dfsg-1 1:1.2.11.dfsg-2 1:1.2.13.dfsg-1 1:1.3.dfsg+really1.3.1-1+b1
    """

  private static let alpine = """
    alpine 3.9 3.10 3.11 3.12 3.13 3.14 3.15 3.16 3.17 3.18 3.19 3.20 3.21 3.22
    alpine-baselayout 3.1.0-r3 3.1.2-r0 3.2.0-r3 3.2.0-r7 3.2.0-r8 3.2.0-r16 3.2.0-r18 3.2.0-r23 3.4.0-r0 3.4.3-r1 3.4.3-r2 3.6.5-r0 3.6.8-r1 3.7.0-r0
    apk-tools 2.10.4-r2 2.10.4-r2 2.10.4-r3 2.10.5-r1 2.12.1-r0 2.12.5-r1 2.12.7-r3 2.12.9-r3 2.12.10-r1 2.14.0-r2 2.14.0-r5 2.14.4-r0 2.14.6-r2 2.14.9-r2
    busybox 1.29.3-r10 1.30.1-r3 1.31.1-r9 1.31.1-r16 1.32.1-r3 1.33.1-r2 1.34.1-r3 1.35.0-r13 1.35.0-r29 1.36.1-r0 1.36.1-r15 1.36.1-r28 1.37.0-r8 1.37.0-r18
    libcrypto1.1 1.1.1b-r1 1.1.1d-r2 1.1.1d-r3 1.1.1g-r0 1.1.1i-r0 1.1.1k-r0 1.1.1l-r7 1.1.1o-r0 - - - - - -
    libcrypto3 - - - - - - - - 3.0.7-r0 3.1.0-r4 3.1.4-r1 3.3.0-r2 3.3.2-r4 3.5.0-r0
    libssl1.1 1.1.1b-r1 1.1.1d-r2 1.1.1d-r3 1.1.1g-r0 1.1.1i-r0 1.1.1k-r0 1.1.1l-r7 1.1.1o-r0 - - - - - -
    libssl3 - - - - - - - - 3.0.7-r0 3.1.0-r4 3.1.4-r1 3.3.0-r2 3.3.2-r4 3.5.0-r0
    musl 1.1.20-r4 1.1.22-r3 1.1.24-r2 1.1.24-r9 1.2.2-r0 1.2.2-r3 1.2.2-r7 1.2.3-r0 1.2.3-r4 1.2.4-r0 1.2.4_git20230717-r4 1.2.5-r0 1.2.5-r8 1.2.5-r10
    ssl_client 1.29.3-r10 1.30.1-r3 1.31.1-r9 1.31.1-r16 1.32.1-r3 1.33.1-r2 1.34.1-r3 1.35.0-r13 1.35.0-r29 1.36.1-r0 1.36.1-r15 1.36.1-r28 1.37.0-r8 1.37.0-r18
    zlib 1.2.11-r1 1.2.11-r1 1.2.11-r3 1.2.11-r3 1.2.11-r3 1.2.11-r3 1.2.11-r3 1.2.12-r0 1.2.13-r0 1.2.13-r1 1.3-r2 1.3.1-r1 1.3.1-r2 1.3.1-r2
    """

  private static let ubuntu = """
    ubuntu 18.04 20.04 22.04 24.04
    apt 1.6.12 2.0.2 2.4.5 2.7.14build2
    base-files 10.1ubuntu2.11 11ubuntu5 12ubuntu4 13ubuntu10
    bash 4.4.18-2ubuntu1 5.0-6ubuntu1 5.1-6ubuntu1 5.2.21-2ubuntu4
    coreutils 8.28-1ubuntu1 8.30-3ubuntu2 8.32-4.1ubuntu1 9.4-3ubuntu6
    gpgv 2.2.4-1ubuntu1 2.2.19-3ubuntu2 2.2.27-3ubuntu2 2.4.4-2ubuntu17
    gzip 1.6-5ubuntu1 1.10-0ubuntu4 1.10-4ubuntu4 1.12-1ubuntu3
    libc6 2.27-3ubuntu1 2.31-0ubuntu9 2.35-0ubuntu3 2.39-0ubuntu8
    libpam-modules 1.1.8-3.6ubuntu2 1.3.1-5ubuntu4 1.4.0-11ubuntu2 1.5.3-5ubuntu5
    libsystemd0 237-3ubuntu10 245.4-4ubuntu3 249.11-0ubuntu3 255.4-1ubuntu8
    perl-base 5.26.1-6ubuntu0.3 5.30.0-9build1 5.34.0-3ubuntu1 5.38.2-3.2build2
    zlib1g 1:1.2.11.dfsg-0ubuntu2 1:1.2.11.dfsg-2ubuntu1 1:1.2.11.dfsg-2ubuntu9 1:1.3.dfsg-3.1ubuntu2
    """
}
