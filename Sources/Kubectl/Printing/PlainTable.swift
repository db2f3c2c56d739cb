import Documents
import Simulation

/// `--server-print=false`: names and ages are all that kubectl itself knows to print of an object.
enum PlainTable {
  static func of(_ object: Value, now: Moment) -> Value {
    let items = object["items"]?.array ?? [object]
    return [
      "columnDefinitions": [["name": "Name"], ["name": "Age"]],
      "rows": .array(
        items.map { item in
          [
            "cells": [
              item[path: "metadata", "name"] ?? "",
              .string(
                ClockText.age(of: item[path: "metadata", "creationTimestamp"]?.string, now: now)),
            ], "object": item,
          ]
        }),
    ]
  }
}
