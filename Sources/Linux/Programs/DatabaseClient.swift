import Shell
import Simulation

/// Clients of database servers that images bring along: whether a server is there they find out and
/// tell as the real ones do; of questions they know those that ask for a constant.
struct DatabaseClient: Program {
  let name: String
  private let family: Family

  private enum Family { case postgres, mysql, mongo }

  static let all: [DatabaseClient] = [
    .init(name: "psql", family: .postgres), .init(name: "pg_isready", family: .postgres),
    .init(name: "mysql", family: .mysql), .init(name: "mysqladmin", family: .mysql),
    .init(name: "mariadb", family: .mysql), .init(name: "mariadb-admin", family: .mysql),
    .init(name: "healthcheck.sh", family: .mysql), .init(name: "mongosh", family: .mongo),
  ]

  func run(_ process: Process) async throws -> ExitStatus {
    let words = process.arguments
    if words.contains("--version") || words.first == "-V" {
      try await process.write(version(process.environment))
      return 0
    }
    switch family {
    case .postgres: return try await postgres(process)
    case .mysql: return try await mysql(process)
    case .mongo: return try await mongo(process)
    }
  }

  private func version(_ environment: [String: String]) -> String {
    let told = { (variable: String, other: String) in
      environment[variable]?.split(separator: "-").first.map(String.init) ?? other
    }
    switch family {
    case .postgres: return "\(name) (PostgreSQL) \(told("PG_VERSION", "18.1"))\n"
    case .mongo: return "2.5.9\n"
    case .mysql where name.hasPrefix("mariadb"):
      return "\(name) from \(told("MARIADB_VERSION", "12.0.2"))-MariaDB, client 15.2 for "
        + "debian-linux-gnu (x86_64)\n"
    case .mysql:
      return "\(name)  Ver \(told("MYSQL_VERSION", "9.5.0")) for Linux on x86_64 (MySQL Community "
        + "Server - GPL)\n"
    }
  }

  private enum Failure: Error {
    case network(NetworkFailure)
    /// In the server's own words.
    case server(String)
  }

  private struct Login {
    var user: String
    var password: String?
    var database = ""
  }

  /// Why a server does not let one in; nil when it does, or when it is only asked whether it is there.
  private func refusal(
    _ host: String, _ port: Int, _ process: Process, as login: Login? = nil
  ) async throws -> Failure? {
    do {
      let address = try Resolver(process.machine).lookUp(host).addresses.first ?? host
      guard let network = process.machine.network else { return .network(.unreachable) }
      let connection = try await network.connect(
        from: process.machine, to: address, port: port, transport: .tcp, timeout: .seconds(10))
      defer { connection.close() }
      guard let login else { return nil }
      var reader = ConnectionReader(connection)
      if family == .mysql { _ = try await reader.exactly(SilentServer.mysqlGreeting.count) }
      try await connection.write(
        DatabaseAccounts.question(login.user, login.password, login.database))
      guard let answer = try await reader.line(), !answer.isEmpty else { return nil }
      return .server(answer)
    } catch let failure as NetworkFailure {
      return .network(failure)
    }
  }

  // MARK: PostgreSQL

  private func postgres(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      name == "pg_isready"
        ? "h,host= p,port= U,username= d,dbname= q,quiet t,timeout="
        : "h,host= p,port= U,username= d,dbname= q,quiet t,tuples-only c,command= A,no-align w W "
          + "l,list X,no-psqlrc f,file= v= 1", status: 2)
    let host = options["h"] ?? process.environment["PGHOST"] ?? ""
    let port = (options["p"] ?? process.environment["PGPORT"]).flatMap { Int($0) } ?? 5432
    let user =
      options["U"] ?? process.environment["PGUSER"]
      ?? process.machine.accounts.userName(process.caller.user)
    let login = Login(
      user: user, password: process.environment["PGPASSWORD"],
      database: options["d"] ?? options.operands.first ?? process.environment["PGDATABASE"] ?? user)
    let reason = try await refusal(
      host.isEmpty ? "127.0.0.1" : host, port, process,
      as: name == "pg_isready" ? nil : login)
    // Without a host they take the socket file.
    let place =
      host.isEmpty ? "/var/run/postgresql/.s.PGSQL.\(port)" : "\(host)\" (\(host)), port \(port)"
    if name == "pg_isready" {
      let shown = host.isEmpty ? "/var/run/postgresql:\(port)" : "\(host):\(port)"
      if !options.has("q") {
        try await process.write(
          "\(shown) - \(reason == nil ? "accepting connections" : "no response")\n")
      }
      return reason == nil ? 0 : 2
    }
    if case .server(let text)? = reason {
      let address = (try? Resolver(process.machine).lookUp(host).addresses.first) ?? host
      try await process.writeError(
        host.isEmpty
          ? "psql: error: connection to server on socket \"\(place)\" failed: \(text)\n"
          : "psql: error: connection to server at \"\(host)\" (\(address)), port \(port) failed: "
            + "\(text)\n")
      return 2
    }
    if case .network(let failure)? = reason {
      if case .unknownName = failure {
        try await process.writeError(
          "psql: error: could not translate host name \"\(host)\" to address: Name or service not "
            + "known\n")
        return 2
      }
      let why =
        host.isEmpty
        ? "No such file or directory\n\tIs the server running locally and accepting connections on "
          + "that socket?\n"
        : Netcat.reason(failure)
          + "\n\tIs the server running on that host and accepting TCP/IP connections?\n"
      try await process.writeError(
        host.isEmpty
          ? "psql: error: connection to server on socket \"\(place)\" failed: \(why)"
          : "psql: error: connection to server at \"\(place) failed: \(why)")
      return 2
    }
    for statement in options.values("c") {
      guard let cell = constant(statement, process) else {
        return try await excuse(statement, process)
      }
      if options.has("t") {
        try await process.write(options.has("A") ? "\(cell.value)\n" : " \(cell.value)\n\n")
        continue
      }
      if options.has("A") {
        try await process.write("\(cell.title)\n\(cell.value)\n(1 row)\n")
        continue
      }
      let width = max(cell.title.count, cell.value.count)
      let left = (width - cell.title.count) / 2
      func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
      let value = cell.isNumber ? blanks(width - cell.value.count) + cell.value : cell.value
      try await process.write(
        " \(blanks(left))\(cell.title)\(blanks(width - left - cell.title.count)) \n"
          + String(repeating: "-", count: width + 2) + "\n \(value)\n(1 row)\n\n")
    }
    if options.values("c").isEmpty { return try await excuse("a session of psql", process) }
    return 0
  }

  // MARK: MySQL and MariaDB

  private func mysql(_ process: Process) async throws -> ExitStatus {
    if name == "healthcheck.sh" {
      return try await refusal("127.0.0.1", 3306, process) == nil ? 0 : 1
    }
    let options = try Options(
      process.arguments,
      "h,host= P,port= u,user= p,password? e,execute= D,database= N,skip-column-names B,batch "
        + "s,silent protocol= S,socket= connect-timeout= connect_timeout= t,table")
    let host = options["h"] ?? ""
    let port = options["P"].flatMap { Int($0) } ?? 3306
    let login = Login(
      user: options["u"] ?? process.machine.accounts.userName(process.caller.user),
      password: options["p"] ?? process.environment["MYSQL_PWD"],
      database: options["D"] ?? (name.hasSuffix("admin") ? "" : options.operands.first ?? ""))
    let reason = try await refusal(
      host.isEmpty || host == "localhost" ? "127.0.0.1" : host, port, process, as: login)
    if options.has("p"), options["p"] != nil, !name.hasPrefix("mariadb") {
      try await process.writeError(
        "\(name): [Warning] Using a password on the command line interface can be insecure.\n")
    }
    let isAdmin = name.hasSuffix("admin")
    if case .server(let text)? = reason {
      let place = host.isEmpty ? "localhost" : host
      let sentence = text.drop { $0 != ":" }.dropFirst(2)
      try await process.writeError(
        isAdmin
          ? "\(name): connect to server at '\(place)' failed\nerror: '\(sentence)'\n"
          : "ERROR \(text)\n")
      // mysqladmin only asks whether the server is there when it pings.
      return isAdmin && options.operands.allSatisfy { $0 == "ping" } ? 0 : 1
    }
    if case .network(let failure)? = reason {
      let isLocal = host.isEmpty || host == "localhost"
      let path =
        name.hasPrefix("mariadb") ? "/run/mysqld/mysqld.sock" : "/var/run/mysqld/mysqld.sock"
      let text: String
      if case .unknownName = failure {
        text = "2005 (HY000): Unknown MySQL server host '\(host)' (-2)"
      } else {
        text =
          isLocal
          ? "2002 (HY000): Can't connect to local MySQL server through socket '\(path)' (2)"
          : "2003 (HY000): Can't connect to MySQL server on '\(host):\(port)' "
            + "(\(failure == .timedOut ? 110 : 111))"
      }
      try await process.writeError(
        isAdmin
          ? "\(name): connect to server at '\(isLocal ? "localhost" : host)' failed\nerror: "
            + "'\(text.drop { $0 != "C" && $0 != "U" })'\n" : "ERROR \(text)\n")
      return 1
    }
    if isAdmin {
      for word in options.operands {
        guard word == "ping" else { return try await excuse(word, process) }
        try await process.write("mysqld is alive\n")
      }
      return 0
    }
    let statements = options.values("e").flatMap { $0.split(separator: ";").map(String.init) }
    if statements.isEmpty { return try await excuse("a session of \(name)", process) }
    for statement in statements {
      guard let cell = constant(statement, process) else {
        return try await excuse(statement, process)
      }
      if options.has("t") || process.standardOutput.isTerminal {
        let width = max(cell.title.count, cell.value.count)
        let line = "+" + String(repeating: "-", count: width + 2) + "+\n"
        func row(_ text: String, _ isRight: Bool) -> String {
          let pad = String(repeating: " ", count: width - text.count)
          return "| " + (isRight ? pad + text : text + pad) + " |\n"
        }
        try await process.write(
          line + row(cell.title, false) + line + row(cell.value, cell.isNumber) + line)
      } else {
        try await process.write((options.has("N") ? "" : cell.title + "\n") + cell.value + "\n")
      }
    }
    return 0
  }

  // MARK: MongoDB

  private func mongo(_ process: Process) async throws -> ExitStatus {
    let options = try Options(
      process.arguments,
      "host= port= eval= quiet u,username= p,password= authenticationDatabase= norc")
    var host = options["host"] ?? "127.0.0.1"
    var port = options["port"].flatMap { Int($0) } ?? 27017
    if let target = options.operands.first {
      let plain = target.hasPrefix("mongodb://") ? String(target.dropFirst(10)) : target
      let authority = plain.prefix { $0 != "/" }.split(separator: "@").last ?? ""
      let parts = authority.split(separator: ":").map(String.init)
      if target.hasPrefix("mongodb://") || parts.count == 2 {
        host = parts.first ?? host
        port = parts.count > 1 ? Int(parts[1]) ?? port : port
      }
    }
    let target = options.operands.first.flatMap(Self.credentials)
    let login = Login(
      user: options["u"] ?? target?.user ?? "", password: options["p"] ?? target?.password)
    let reason = try await refusal(host, port, process, as: login)
    if case .server(let text)? = reason {
      try await process.writeError("\(text)\n")
      return 1
    }
    if case .network(let failure)? = reason {
      let why: String
      if case .unknownName = failure {
        why = "getaddrinfo ENOTFOUND \(host)"
      } else {
        why =
          failure == .refused
          ? "connect ECONNREFUSED \(host):\(port)" : "Server selection timed out after 30000 ms"
      }
      try await process.writeError("MongoNetworkError: \(why)\n")
      return 1
    }
    let code = options["eval"] ?? ""
    let plain = code.filter { !" ;'\"".contains($0) }
    switch plain {
    case "db.adminCommand(ping)", "db.adminCommand({ping:1})", "db.runCommand({ping:1})",
      "db.runCommand(ping)":
      try await process.write("{ ok: 1 }\n")
    case "db.adminCommand(ping).ok", "db.runCommand({ping:1}).ok", "db.runCommand(ping).ok",
      "db.adminCommand({ping:1}).ok":
      try await process.write("1\n")
    case "db.version()":
      try await process.write((process.environment["MONGO_VERSION"] ?? "8.2.1") + "\n")
    default: return try await excuse(code.isEmpty ? "a session of mongosh" : code, process)
    }
    return 0
  }

  /// Those in `mongodb://user:password@host`.
  private static func credentials(_ target: String) -> (user: String, password: String)? {
    guard let scheme = target.firstRange(of: "://") else { return nil }
    let authority = target[scheme.upperBound...].prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@") else { return nil }
    let parts = authority[..<at].split(separator: ":", maxSplits: 1).map(String.init)
    return parts.count == 2 ? (parts[0], parts[1]) : nil
  }

  // MARK: questions

  private struct Cell {
    var title: String
    var value: String
    var isNumber = false
  }

  /// `SELECT 1`, `SELECT 'a'`, `SELECT version()`.
  private func constant(_ statement: String, _ process: Process) -> Cell? {
    let text = statement.trimmedSides.filter { $0 != ";" }
    guard text.lowercased().hasPrefix("select ") else { return nil }
    let body = String(text.dropFirst(7).trimmedSides)
    let isPostgres = family == .postgres
    if Int(body) != nil {
      return Cell(title: isPostgres ? "?column?" : body, value: body, isNumber: true)
    }
    if body.count > 1, body.first == "'", body.last == "'",
      !body.dropFirst().dropLast().contains("'")
    {
      let inner = String(body.dropFirst().dropLast())
      return Cell(title: isPostgres ? "?column?" : inner, value: inner)
    }
    switch body.lowercased() {
    case "version()" where isPostgres:
      let version = process.environment["PG_VERSION"] ?? "18.1"
      return Cell(title: "version", value: "PostgreSQL \(version) on x86_64-pc-linux-gnu")
    case "version()", "@@version":
      let own = process.environment["MARIADB_VERSION"] ?? process.environment["MYSQL_VERSION"]
      return Cell(title: body, value: own ?? "9.5.0")
    default: return nil
    }
  }

  private func excuse(_ what: String, _ process: Process) async throws -> ExitStatus {
    try await process.writeError("drydock: not simulated: \(what.trimmedSides)\n")
    return 1
  }
}
