/// What is asked of a name server.
package struct NameQuestion: Hashable, Sendable {
  /// Absolute: it ends in a dot.
  package var name: String
  /// A, AAAA, SRV, PTR, CNAME, TXT, NS, MX, ANY.
  package var type: String

  package init(_ name: String, type: String = "A") {
    self.name = name
    self.type = type
  }
}

/// One record of an answer.
package struct NameRecord: Hashable, Sendable {
  package var name: String
  package var type: String
  /// Seconds.
  package var lifetime: Int
  /// The value as dig shows it.
  package var data: String

  package init(name: String, type: String = "A", lifetime: Int = 30, data: String) {
    self.name = name
    self.type = type
    self.lifetime = lifetime
    self.data = data
  }
}

/// What a name server answered.
package struct NameAnswer: Hashable, Sendable {
  package enum Status: String, Sendable {
    case noError = "NOERROR"
    case nameError = "NXDOMAIN"
    case serverFailure = "SERVFAIL"
    case refused = "REFUSED"
  }

  package var status: Status
  package var records: [NameRecord]
  /// The SOA of a negative answer.
  package var authority: [NameRecord] = []
  package var additional: [NameRecord] = []
  package var isAuthoritative = true

  package init(_ status: Status = .noError, _ records: [NameRecord] = []) {
    self.status = status
    self.records = records
  }

  /// The addresses in it.
  package var addresses: [String] {
    records.filter { $0.type == "A" || $0.type == "AAAA" }.map(\.data)
  }
}
