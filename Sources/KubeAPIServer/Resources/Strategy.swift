package import Documents
package import KubeObjects
package import Simulation

/// What one kind adds to the generic registry: defaults, resets, checks, selectable fields, tables.
///
/// Names, verbs, scope and structure come from the schema table. One strategy serves all versions
/// and subresources of its kind; objects reach it in the version named by `resource`, the others
/// are converted. The pipeline's order for a write is upstream's: decode, `applyDefaults`, mutating
/// admission, `begin`, `prepareForCreate` / `prepareForUpdate`, `validate…`, validating admission,
/// store.
package protocol Strategy: Sendable {
  /// The resource in the version that is stored and that all methods see.
  var resource: GroupVersionResource { get }

  /// Paths (of member names) whose change raises metadata.generation; none: the kind has none.
  var generationPaths: [[String]] { get }

  /// Whether PUT of an absent object creates it.
  var allowsCreateOnUpdate: Bool { get }

  /// Whether an update without a resourceVersion may overwrite what is there.
  var allowsUnconditionalUpdate: Bool { get }

  /// How long a deletion waits by default, in seconds, for kinds deleted gracefully; nil: at once.
  func gracePeriod(_ object: Value, options: Value) -> Int64?

  /// Fills what the client left out. Also applied to what was stored before and is read again, so
  /// it depends on the object alone.
  func applyDefaults(_ object: inout Value)

  /// Changes a new object before it is checked: clears the status, computes what is computed.
  /// metadata and generation are the pipeline's work.
  func prepareForCreate(_ object: inout Value, _ context: RequestContext)

  /// Carries over what this request may not change: the status, for the main resource; all but
  /// status for the subresource `status`. The implementation given does these two.
  func prepareForUpdate(_ object: inout Value, old: Value, _ context: RequestContext)

  /// Whether labels, annotations, finalizers and owners are not written with the status
  /// (ResetObjectMetaForStatus).
  var statusKeepsMetadata: Bool { get }

  /// Takes what has to be unique in the cluster (addresses, ports), before the object is looked at
  /// (BeginCreate, BeginUpdate); old is nil on create.
  func begin(_ object: inout Value, old: Value?, _ context: RequestContext) throws(StatusError)

  /// All mistakes of a new object, in upstream's order, metadata's (`ObjectMetadata`) included.
  func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError]

  /// All mistakes of an update; `context.subresource` says which endpoint was used.
  func validateUpdate(_ object: Value, old: Value, _ context: RequestContext) -> [FieldError]

  /// Warnings for the client; old nil on create.
  func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String]

  /// The names that a field selector may use besides metadata.name and metadata.namespace.
  var selectableFields: [String] { get }

  /// What a selector of that group's version calls such a field; nil when it has none of the name.
  func selectableField(named name: String, in version: GroupVersion) -> String?

  /// What who selects by another field is told.
  func fieldRefusal(_ name: String) -> String

  /// The value of a selectable field of an object.
  func selectableField(_ name: String, of object: Value) -> String

  /// The printed table; nil: name and age alone.
  var table: (any TableForm)? { get }

  /// Turns an object of another served version into the stored one, and back.
  func convert(_ object: Value, from version: GroupVersion, to: GroupVersion) -> Value
}

/// The columns of a kind's table and the cells of one object's rows.
package protocol TableForm: Sendable {
  var columns: [TableColumn] { get }
  /// One cell per column. `now` is what ages count from.
  func cells(_ object: Value, now: Moment) -> [Value]
  /// The conditions of one object's row, or nil.
  func conditions(_ object: Value) -> Value?
}

extension TableForm {
  package func conditions(_ object: Value) -> Value? { nil }
}

/// A metav1.TableColumnDefinition.
package struct TableColumn: Hashable, Sendable {
  package var name: String
  /// string, integer, number, boolean, date.
  package var type: String
  /// name for the first column, else mostly empty.
  package var format: String
  package var description: String
  /// 0 always shown, 1 with -o wide.
  package var priority: Int64

  package init(
    _ name: String, type: String = "string", format: String = "", description: String,
    priority: Int64 = 0
  ) {
    self.name = name
    self.type = type
    self.format = format
    self.description = description
    self.priority = priority
  }
}

extension Strategy {
  package var generationPaths: [[String]] { [] }
  package var allowsCreateOnUpdate: Bool { false }
  package var allowsUnconditionalUpdate: Bool { true }
  package var statusKeepsMetadata: Bool { false }
  package func gracePeriod(_ object: Value, options: Value) -> Int64? { nil }
  package func applyDefaults(_ object: inout Value) {}

  package func prepareForCreate(_ object: inout Value, _ context: RequestContext) {
    if context.hasStatus { object["status"] = nil }
  }

  package func prepareForUpdate(_ object: inout Value, old: Value, _ context: RequestContext) {
    context.keepOtherParts(&object, old: old)
  }

  package func begin(
    _ object: inout Value, old: Value?, _ context: RequestContext
  ) throws(StatusError) {}

  package func validateCreate(_ object: Value, _ context: RequestContext) -> [FieldError] { [] }

  package func validateUpdate(
    _ object: Value, old: Value, _ context: RequestContext
  ) -> [FieldError] { [] }

  package func warnings(_ object: Value, old: Value?, _ context: RequestContext) -> [String] { [] }
  package var selectableFields: [String] { [] }

  package func selectableField(named name: String, in version: GroupVersion) -> String? {
    selectableFields.contains(name) ? name : nil
  }

  package func fieldRefusal(_ name: String) -> String { "field label not supported: \(name)" }

  package func selectableField(_ name: String, of object: Value) -> String {
    switch object.at(dotted: name) {
    case .string(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    default: ""
    }
  }

  package var table: (any TableForm)? { nil }

  package func convert(_ object: Value, from: GroupVersion, to: GroupVersion) -> Value { object }
}
