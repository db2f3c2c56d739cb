import Foundation

/// The first files of a new pack: small, whole, and proven.
package enum PackScaffold {
  /// Writes them into a folder that must not be there yet; returns their paths.
  package static func write(in folder: String, id: String) throws(PackError) -> [String] {
    let manager = FileManager.default
    if manager.fileExists(atPath: folder) { throw PackError("\(folder) is there already") }
    for (path, text) in files {
      let file = URL(filePath: "\(folder)/\(path)")
      do {
        try manager.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.replacing("{ID}", with: id).utf8).write(to: file)
      } catch { throw PackError("cannot write \(file.path)") }
    }
    return files.map { "\(folder)/\($0.path)" }
  }

  private static let files: [(path: String, text: String)] = [
    (
      "pack.yaml",
      """
      id: {ID}
      version: 1.0.0
      title: A pack to begin with
      authors: [Your Name]
      drydock: 0.1.0             # the oldest drydock that can use it
      # due: 2027-01-31T18:00:00Z
      late:
        graceDays: 2             # over the whole pack
        penalty: 10              # percent for each begun day beyond
        closesAfter: 7           # days
      feedback: full             # full, score or none
      attempts: 3                # how often an exam or exercise may be begun
      counts: best               # or last
      exams:
      - id: final
        title: Final
        minutes: 20
        pass: 60
        tasks: [find-the-port]
      rubric:
      - id: reason
        say: Says why the Service had no endpoints
        points: 2
        exercise: find-the-port
        file: /root/reason.txt

      """
    ),
    (
      "Exercises/services/warm-up.md",
      """
      ---
      title: A first Service
      topic: services
      level: 1
      minutes: 4
      start:
      - run: kubectl create deployment hello --image=nginx
      checks:
      - {id: service, say: There is a Service hello, object: service/hello}
      - {id: answers, say: It answers on port 80, needs: service, serves: "http://hello/"}
      solutions:
      - {name: expose, run: kubectl expose deployment hello --port=80}
      ---
      Make the Deployment `hello` reachable inside the cluster as the Service `hello` on port 80.

      ## Hints
      1. `kubectl expose --help` has an example.

      ## Explanation
      A Service selects Pods by their labels and gives them one address.

      """
    ),
    (
      "Exercises/services/find-the-port.md",
      """
      ---
      title: A Service that leads nowhere
      topic: services
      level: 2
      minutes: 8
      start:
      - run: kubectl create deployment cart --image=nginx
      - run: kubectl create service clusterip cart --tcp=80:80
      - run: kubectl set selector service cart app=carts
      checks:
      - {id: answers, say: The Service answers on port 80, serves: "http://cart/"}
      - {id: reason, say: /root/reason.txt is written, output: "test -s /root/reason.txt", guard: true}
      sealed:                    # learners do not see these
      - {id: deployment, say: The Deployment is as it was, unchanged: deployment/cart}
      solutions:
      - name: the selector
        run: |
          kubectl set selector service cart app=cart
          echo "The selector named Pods that are not there." > /root/reason.txt
      mistakes:
      - name: other labels on the Pods
        run: |
          kubectl patch deployment cart --type=merge -p \\
            '{"spec":{"template":{"metadata":{"labels":{"tier":"web"}}}}}'
          kubectl set selector service cart tier=web
          echo "No endpoints." > /root/reason.txt
        loses: [deployment]
      ---
      Nobody reaches the Service `cart`. Mend the Service and leave the Deployment as it is. Write in
      a sentence or two into `/root/reason.txt` why it had no endpoints.

      """
    ),
  ]
}
