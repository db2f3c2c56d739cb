extension StandardFunctions {
  private typealias Part = (
    name: String, unit: Int64?, value: @Sendable (CivilMoment) -> Int64
  )

  private static let parts: [Part] = [
    ("getFullYear", nil, { $0.year }), ("getMonth", nil, { $0.month - 1 }),
    ("getDayOfYear", nil, { $0.dayOfYear }), ("getDayOfMonth", nil, { $0.day - 1 }),
    ("getDate", nil, { $0.day }), ("getDayOfWeek", nil, { $0.weekday }),
    ("getHours", 3_600_000_000_000, { $0.hour }), ("getMinutes", 60_000_000_000, { $0.minute }),
    ("getSeconds", 1_000_000_000, { $0.second }),
    ("getMilliseconds", 1_000_000, { $0.nanosecond / 1_000_000 }),
  ]

  static let times: [Function] = parts.map { part($0.name, ofDuration: $0.unit, $0.value) }

  /// The parts of a timestamp by the clocks of a zone that has a name: `offset` is how many seconds
  /// it is east of UTC at a moment, nil where there is no such zone.
  package static func timesByName(
    _ offset: @escaping @Sendable (_ zone: String, _ seconds: Int64) -> Int64?
  ) -> [Function] {
    parts.map { part in
      Function(part.name, []) { values in
        guard values.count == 2, case .timestamp(let moment) = values[0],
          let zone = values[1].string
        else { return nil }
        guard let east = offset(zone, moment.seconds) else {
          return .failure("unknown time zone \(zone)")
        }
        return .int(part.value(CivilMoment(moment, offset: east)))
      }
    }
  }

  private static func part(
    _ name: String, ofDuration unit: Int64? = nil,
    _ value: @escaping @Sendable (CivilMoment) -> Int64
  ) -> Function {
    var overloads = [
      Overload("timestamp_\(name)", isMember: true, [.timestamp], .int),
      Overload("timestamp_\(name)_with_tz", isMember: true, [.timestamp, .string], .int),
    ]
    if unit != nil {
      overloads.append(Overload("duration_\(name)", isMember: true, [.duration], .int))
    }
    return Function(name, overloads) { values in
      switch values[0] {
      case .timestamp(let moment):
        guard values.count > 1 else { return .int(value(CivilMoment(moment))) }
        guard let zone = values[1].string else { return nil }
        if zone == "UTC" || zone.isEmpty { return .int(value(CivilMoment(moment))) }
        // Zones by their names are somebody else's (timesByName).
        guard let offset = CivilMoment.zone(zone) else { return nil }
        return .int(value(CivilMoment(moment, offset: offset)))
      case .duration(let span): return unit.map { .int(span / $0) }
      default: return nil
      }
    }
  }
}
