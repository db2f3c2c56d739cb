import Shell

/// Who may speak with a database server: what its image made of its environment at the first start.
///
/// Our clients ask by a line of their own instead of the servers' protocols: `LOGIN`, user, password
/// and database, parted by NUL; the server answers with an empty line or its refusal.
struct DatabaseAccounts {
  let server: String
  private let environment: [String: String]

  init(server: String, _ environment: [String: String]) {
    self.server = server
    self.environment = environment
  }

  static func question(_ user: String, _ password: String?, _ database: String) -> [UInt8] {
    let parts = ["LOGIN", user, password == nil ? "no" : "yes", password ?? "", database]
    return Array((parts.joined(separator: "\0") + "\n").utf8)
  }

  /// The server's refusal of a client's question; nil: it may come in.
  func refusal(of question: [UInt8], from address: String, isLocal: Bool) -> String? {
    let parts = question.dropLast().split(separator: 0, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard parts.count == 5, parts[0] == "LOGIN" else { return "ERROR: unknown packet" }
    let password = parts[2] == "yes" ? parts[3] : nil
    switch server {
    case "postgres": return postgres(parts[1], password, parts[4], isLocal: isLocal)
    case "mongod": return mongo(parts[1], password)
    default: return mysql(parts[1], password, parts[4], isLocal ? "localhost" : address)
    }
  }

  private func told(_ names: String...) -> String? {
    names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
  }

  private func mysql(
    _ user: String, _ password: String?, _ database: String, _ host: String
  ) -> String? {
    var accounts: [String: String?] = [:]
    let root = told("MARIADB_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD")
    let isOpen = told("MYSQL_ALLOW_EMPTY_PASSWORD", "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD") != nil
    // A random one nobody knows but the log.
    accounts["root"] = root ?? (isOpen ? "" : nil as String?)
    if let user = told("MARIADB_USER", "MYSQL_USER") {
      accounts[user] = told("MARIADB_PASSWORD", "MYSQL_PASSWORD") ?? ""
    }
    guard let known = accounts[user] ?? nil, known == password ?? "" else {
      return "1045 (28000): Access denied for user '\(user)'@'\(host)' "
        + "(using password: \(password?.isEmpty == false ? "YES" : "NO"))"
    }
    let own = ["mysql", "information_schema", "performance_schema", "sys"]
    let databases = own + [told("MARIADB_DATABASE", "MYSQL_DATABASE") ?? ""]
    return databases.contains(database) || database.isEmpty
      ? nil : "1049 (42000): Unknown database '\(database)'"
  }

  /// The image's pg_hba.conf trusts its own machine and wants passwords from others.
  private func postgres(
    _ user: String, _ password: String?, _ database: String, isLocal: Bool
  ) -> String? {
    let owner = told("POSTGRES_USER") ?? "postgres"
    if !isLocal, environment["POSTGRES_HOST_AUTH_METHOD"] != "trust" {
      guard let password, !password.isEmpty else { return "fe_sendauth: no password supplied" }
      guard user == owner, password == told("POSTGRES_PASSWORD") else {
        return "FATAL:  password authentication failed for user \"\(user)\""
      }
    }
    guard user == owner else { return "FATAL:  role \"\(user)\" does not exist" }
    let databases = ["postgres", "template1", "template0", told("POSTGRES_DB") ?? owner]
    return databases.contains(database)
      ? nil : "FATAL:  database \"\(database)\" does not exist"
  }

  private func mongo(_ user: String, _ password: String?) -> String? {
    // Without a user a client comes in, and may ask for little.
    if user.isEmpty { return nil }
    guard user == told("MONGO_INITDB_ROOT_USERNAME"),
      password == told("MONGO_INITDB_ROOT_PASSWORD")
    else { return "MongoServerError: Authentication failed." }
    return nil
  }
}
