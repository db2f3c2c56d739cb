/// A jq filter as a tree.
indirect enum Query {
  case identity
  case recurse
  case index(Query, Query)
  case slice(Query, Query?, Query?)
  case iterate(Query)
  case literal(QueryValue)
  case variable(String)
  /// `@base64` alone.
  case format(String)
  /// Text and interpolations, the latter through a format.
  case string([QueryPart], String)
  case array(Query?)
  case object([(key: Query, value: Query)])
  case negate(Query)
  case pipe(Query, Query)
  case comma(Query, Query)
  case binary(String, Query, Query)
  case and(Query, Query)
  case or(Query, Query)
  case alternative(Query, Query)
  case assign(String, Query, Query)
  case conditional(Query, Query, Query?)
  case attempt(Query, Query?)
  case reduce(Query, QueryPattern, Query, Query)
  case foreach(Query, QueryPattern, Query, Query, Query?)
  case bind(Query, QueryPattern, Query)
  case define(QueryFunction, Query)
  case call(String, [Query])
  case label(String, Query)
  case leave(String)

  /// The term with `?` behind it. That quiets the last step alone (jq's `gen_index_opt`): of
  /// `.[].a?` the elements after one that has no members still come.
  var quiet: Query {
    switch self {
    case .iterate(let whole): .pipe(whole, .attempt(.iterate(.identity), nil))
    case .index(let whole, let key) where key.isConstant:
      .pipe(whole, .attempt(.index(.identity, key), nil))
    case .slice(let whole, let start, let end)
    where start?.isConstant ?? true && end?.isConstant ?? true:
      .pipe(whole, .attempt(.slice(.identity, start, end), nil))
    default: .attempt(self, nil)
    }
  }

  /// Whether it is the same for every input.
  private var isConstant: Bool {
    switch self {
    case .literal, .variable: true
    case .negate(let query): query.isConstant
    default: false
    }
  }
}

enum QueryPart {
  case text(String)
  case query(Query)
}

final class QueryFunction {
  let name: String
  let parameters: [String]
  let body: Query

  init(name: String, parameters: [String], body: Query) {
    self.name = name
    self.parameters = parameters
    self.body = body
  }
}

/// What `as` binds: a variable, or the parts of an array or object.
indirect enum QueryPattern {
  case variable(String)
  case array([QueryPattern])
  case object([(key: Query, variable: String?, value: QueryPattern?)])
}
