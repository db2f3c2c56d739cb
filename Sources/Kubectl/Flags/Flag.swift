/// One flag of a command: its names, what values it takes and its value when absent.
struct Flag: Hashable, Sendable {
  enum Kind: String, Hashable, Sendable {
    case bool, string, duration
    case int, int32, int64, uint16
    /// Every use adds one value, commas included.
    case array
    /// Every use adds values separated by commas.
    case list
  }

  let name: String
  let shorthand: Character?
  let kind: Kind
  let fallback: String
  /// The value of the flag written without one; nil when a value must follow.
  let bare: String?

  /// As pflag names it in complaints.
  var display: String { shorthand.map { "-\($0), --\(name)" } ?? "--\(name)" }

  /// Reads a line such as `output,o:string dry-run:string=none?unchanged watch,w:bool`: name, short
  /// form, kind, default after `=`, value of the bare flag after `?`.
  static func list(_ text: String) -> [Flag] {
    text.split(separator: " ").map { word in
      let colon = word.firstIndex(of: ":") ?? word.endIndex
      let names = word[..<colon].split(separator: ",")
      var rest = word[colon...].dropFirst()
      var bare: String?
      if let mark = rest.lastIndex(of: "?") {
        bare = String(rest[mark...].dropFirst())
        rest = rest[..<mark]
      }
      var fallback = ""
      if let equals = rest.firstIndex(of: "=") {
        fallback = String(rest[equals...].dropFirst())
        rest = rest[..<equals]
      }
      let kind = Kind(rawValue: String(rest)) ?? .string
      if kind == .bool {
        bare = "true"
        if fallback.isEmpty { fallback = "false" }
      }
      return Flag(
        name: String(names.first ?? ""), shorthand: names.count > 1 ? names[1].first : nil,
        kind: kind, fallback: fallback, bare: bare)
    }
  }
}

extension [Flag] {
  /// Flags that several commands share, in kubectl's own groups.
  static let printing = Flag.list(
    "output,o:string template:string allow-missing-template-keys:bool=true show-managed-fields:bool"
  )
  static let filename = Flag.list("filename,f:list kustomize,k:string recursive,R:bool")
  static let dryRun = Flag.list("dry-run:string=none?unchanged")
  static let validate = Flag.list("validate:string=strict?strict")
  static let selector = Flag.list("selector,l:string")
  static let saveConfig = Flag.list("save-config:bool")
  static let allNamespaces = Flag.list("all-namespaces,A:bool")

  static func manager(_ name: String) -> [Flag] {
    Flag.list("field-manager:string=\(name)")
  }

  static let deletion = Flag.list(
    "cascade:string=background?background force:bool grace-period:int=-1 timeout:duration=0s "
      + "wait:bool")

  /// What every command accepts.
  static let global = Flag.list(
    "as:string as-group:array as-uid:string cache-dir:string certificate-authority:string "
      + "client-certificate:string client-key:string cluster:string context:string "
      + "disable-compression:bool insecure-skip-tls-verify:bool kubeconfig:string "
      + "log-flush-frequency:duration=5s match-server-version:bool namespace,n:string "
      + "password:string profile:string=none profile-output:string=profile.pprof "
      + "request-timeout:string=0 server,s:string tls-server-name:string token:string "
      + "user:string username:string v,v:int32=0 vmodule:string warnings-as-errors:bool")
}
