extension StandardFunctions {
  static let times: [Function] = [
    part("getFullYear") { $0.year }, part("getMonth") { $0.month - 1 },
    part("getDayOfYear") { $0.dayOfYear }, part("getDayOfMonth") { $0.day - 1 },
    part("getDate") { $0.day }, part("getDayOfWeek") { $0.weekday },
    part("getHours", ofDuration: 3_600_000_000_000) { $0.hour },
    part("getMinutes", ofDuration: 60_000_000_000) { $0.minute },
    part("getSeconds", ofDuration: 1_000_000_000) { $0.second },
    part("getMilliseconds", ofDuration: 1_000_000) { $0.nanosecond / 1_000_000 },
  ]

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
        guard let offset = CivilMoment.zone(zone) else {
          return .failure(
            zone.contains("/")
              ? "drydock: not simulated: time zone \(zone)" : "unknown time zone \(zone)")
        }
        return .int(value(CivilMoment(moment, offset: offset)))
      case .duration(let span): return unit.map { .int(span / $0) }
      default: return nil
      }
    }
  }
}
