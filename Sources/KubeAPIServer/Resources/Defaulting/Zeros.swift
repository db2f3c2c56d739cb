import Documents
import KubeObjects

/// Numbers that upstream writes even when they are zero.
enum Zeros {
  static func fill(_ object: inout Value, _ key: String, _ names: [String]) {
    object.fillAbsent(key, [:])
    object.update(key) { part in
      for name in names { part.fillAbsent(name, 0) }
    }
  }
}
