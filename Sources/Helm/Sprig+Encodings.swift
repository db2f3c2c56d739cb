import Documents
import Linux

extension SprigLibrary {
  static let encodings: [String: Function] = [
    "toYaml": { _, given throws(Failure) in .string(yaml(given.first ?? nil)) },
    "fromYaml": { _, given throws(Failure) in
      do throws(Problem) {
        let value = try YAML.parse(text(given))
        return value.object == nil ? .emptyObject : value
      } catch {
        return ["Error": .string("error converting YAML to JSON: \(error.message)")]
      }
    },
    "fromYamlArray": { _, given throws(Failure) in
      let value = try? YAML.parse(text(given))
      return .array(value?.array ?? [])
    },
    "toJson": { _, given throws(Failure) in .string(JSON.text((given.first ?? nil) ?? .null)) },
    "toRawJson": { _, given throws(Failure) in
      .string(JSON.text((given.first ?? nil) ?? .null))
    },
    "toPrettyJson": { _, given throws(Failure) in
      .string(JSON.text((given.first ?? nil) ?? .null, .init(indent: "  ")))
    },
    "fromJson": { _, given throws(Failure) in
      do throws(Problem) {
        return try JSON.parse(text(given))
      } catch {
        return ["Error": .string(error.message)]
      }
    },
    "fromJsonArray": { _, given throws(Failure) in
      .array((try? JSON.parse(text(given)))?.array ?? [])
    },
    "toToml": { _, given throws(Failure) in
      throw Failure(message: "drydock: not simulated: toToml")
    },
    "b64enc": { _, given throws(Failure) in
      .string(Base64.encode(Array(try Argument.text(given, 0).utf8)))
    },
    "b64dec": { _, given throws(Failure) in
      .string(Base64.text(try Argument.text(given, 0)))
    },
    "sha1sum": { _, given throws(Failure) in try sum(.sha1, given) },
    "sha256sum": { _, given throws(Failure) in try sum(.sha256, given) },
    "sha512sum": { _, given throws(Failure) in try sum(.sha512, given) },
    "adler32sum": { _, given throws(Failure) in
      var (low, high) = (UInt32(1), UInt32(0))
      for byte in try Argument.text(given, 0).utf8 {
        low = (low + UInt32(byte)) % 65_521
        high = (high + low) % 65_521
      }
      return .string("\(high << 16 | low)")
    },
    "genCA": unsimulated("genCA"), "genSignedCert": unsimulated("genSignedCert"),
    "genSelfSignedCert": unsimulated("genSelfSignedCert"),
    "genPrivateKey": unsimulated("genPrivateKey"), "htpasswd": unsimulated("htpasswd"),
    "bcrypt": unsimulated("bcrypt"), "derivePassword": unsimulated("derivePassword"),
  ]

  private static func unsimulated(_ name: String) -> Function {
    { _, _ throws(Failure) in throw Failure(message: "drydock: not simulated: \(name)") }
  }

  private static func sum(_ kind: Checksum, _ given: [Value?]) throws(Failure) -> Value? {
    .string(kind.hex(Array(try Argument.text(given, 0).utf8)))
  }

  /// What is no text is empty to those that read texts.
  private static func text(_ given: [Value?]) -> String { (given.first ?? nil)?.string ?? "" }
}
