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
