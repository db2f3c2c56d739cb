import Curriculum
import Documents
import LearnerRecord
import Simulation

extension Progress {
  /// For programs: `drydock progress --json`.
  var value: Value {
    [
      "exercises": [
        "count": .int(Int64(exerciseCount)), "mastered": .int(Int64(masteredCount)),
        "tried": .array(standings.map(Self.value)),
      ],
      "lessons": .array(
        lessons.map {
          [
            "title": .string($0.title), "pages": .int(Int64($0.pages)),
            "done": .int(Int64($0.done)),
          ]
        }),
      "streak": .int(Int64(streak)), "seconds": .int(Int64(seconds)), "due": .int(Int64(due)),
      "certifications": .array(zip(masteries, forecasts).map { Self.value($0.0, $0.1) }),
      "exams": .array(exams.map(Self.value)),
    ]
  }

  private static func value(_ pair: (exercise: Exercise, standing: Standing)) -> Value {
    [
      "name": .string(pair.exercise.id), "attempts": .int(Int64(pair.standing.attempts)),
      "best": .int(Int64(pair.standing.bestPoints)), "points": .int(Int64(pair.standing.total)),
      "mastered": .bool(pair.standing.isMastered),
    ]
  }

  private static func value(
    _ entry: (certification: Certification, domains: [(Certification.Domain, [Mastery])]),
    _ forecast: Forecast
  ) -> Value {
    let matter = entry.certification.isMultipleChoice ? "questions" : "exercises"
    let domains = entry.domains.map { domain, masteries -> Value in
      [
        "id": .string(domain.id), "weight": .int(Int64(domain.weight)),
        "competencies": .array(
          masteries.map { mastery in
            [
              "id": .string(mastery.competency.id), matter: .int(Int64(mastery.items)),
              "mastered": .int(Int64(mastery.mastered)),
              "score": mastery.score.map(Value.double) ?? .null,
            ]
          }),
      ]
    }
    return [
      "id": .string(entry.certification.id), "domains": .array(domains),
      "forecast": [
        "score": .double(forecast.score), "low": .double(forecast.low),
        "high": .double(forecast.high), "chance": .double(forecast.chance),
        "evidence": .int(Int64(forecast.evidence)),
      ],
    ]
  }

  private static func value(_ exam: ExamRecord) -> Value {
    [
      "certification": .string(exam.certification), "domain": .string(exam.domain),
      "begun": .int(exam.begun.seconds), "minutes": .int(Int64(exam.minutes)),
      "tasks": .int(Int64(exam.tasks.count)), "score": .double(exam.score),
    ]
  }
}
