import GRDB

/// The steps from an empty database to today's form; a published one is never changed.
enum Migrations {
  static var all: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 the record") { try $0.execute(sql: first) }
    migrator.registerMigration("2 cards and exams") { try $0.execute(sql: second) }
    migrator.registerMigration("3 sums of attempts") { try $0.execute(sql: third) }
    migrator.registerMigration("4 answers in words") { try $0.execute(sql: fourth) }
    return migrator
  }

  /// An answer is one number, several, or words.
  private static let fourth = """
    ALTER TABLE examTask RENAME COLUMN answer TO choice;
    ALTER TABLE examTask ADD COLUMN answer TEXT;
    UPDATE examTask SET answer = choice;
    ALTER TABLE examTask DROP COLUMN choice;
    """

  /// What is asked of attempts at every look is kept summed up: however many there are, there are
  /// few exercises and few days. `latest` is the share of points of the last attempt for which no
  /// solution was shown; what took hints would cost time in an exam.
  private static let third = """
    CREATE TABLE standing (
      exercise TEXT PRIMARY KEY,
      attempts INTEGER NOT NULL,
      last INTEGER NOT NULL,
      best INTEGER NOT NULL,
      points INTEGER NOT NULL,
      total INTEGER NOT NULL,
      mastered INTEGER NOT NULL,
      latest REAL,
      latestReal INTEGER
    ) WITHOUT ROWID;
    CREATE TABLE day (
      day INTEGER PRIMARY KEY, things INTEGER NOT NULL, seconds INTEGER NOT NULL
    );
    CREATE INDEX attemptBySession ON attempt (session, seconds);
    \(sums("FROM attempt AS NEW"))
    CREATE TRIGGER attemptAdded AFTER INSERT ON attempt BEGIN \(sums("")) END;
    """

  /// Adds attempts to the sums: all rows of a source called NEW, or a trigger's own. The clock of a
  /// session goes on from one attempt to the next; what was left open overnight is no work.
  private static func sums(_ source: String) -> String {
    """
    INSERT INTO standing SELECT NEW.exercise, 1, NEW.real,
      CASE WHEN NEW.total > 0 THEN NEW.points * 1000 / NEW.total ELSE 0 END,
      NEW.points, NEW.total, NEW.points = NEW.total AND NEW.total > 0 AND NOT NEW.sawSolution,
      CASE WHEN NOT NEW.sawSolution AND NEW.total > 0
        THEN 1.0 * NEW.points / NEW.total * CASE WHEN NEW.hints > 0 THEN 0.8 ELSE 1 END END,
      CASE WHEN NOT NEW.sawSolution AND NEW.total > 0 THEN NEW.real END
      \(source) WHERE true
    ON CONFLICT (exercise) DO UPDATE SET attempts = attempts + 1,
      last = max(last, excluded.last), best = max(best, excluded.best),
      points = max(points, excluded.points), total = max(total, excluded.total),
      mastered = max(mastered, excluded.mastered),
      latest = CASE WHEN excluded.latestReal >= coalesce(latestReal, excluded.latestReal)
        THEN excluded.latest ELSE latest END,
      latestReal = max(coalesce(latestReal, excluded.latestReal),
        coalesce(excluded.latestReal, latestReal));
    INSERT INTO day SELECT NEW.real / 86400000000000, 1, min(3600, max(0, NEW.seconds - coalesce((
        SELECT max(b.seconds) FROM attempt b WHERE b.session = NEW.session AND b.id < NEW.id), 0)))
      \(source) WHERE true
    ON CONFLICT (day) DO UPDATE SET things = things + 1, seconds = seconds + excluded.seconds;
    """
  }

  /// Times are nanoseconds since the epoch: `moment…` on the cluster's clock, `real…` on the wall's.
  private static let first = """
    CREATE TABLE session (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      purpose TEXT NOT NULL,
      subject TEXT NOT NULL,
      seed INTEGER NOT NULL,
      blueprint TEXT NOT NULL,
      moment INTEGER NOT NULL,
      setup TEXT NOT NULL,
      realBegun INTEGER NOT NULL,
      isOpen INTEGER NOT NULL DEFAULT 1
    );
    CREATE INDEX sessionBySubject ON session (purpose, subject, isOpen);
    CREATE TABLE entry (
      session INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
      ordinal INTEGER NOT NULL,
      kind TEXT NOT NULL,
      text BLOB,
      path TEXT,
      target INTEGER,
      moment INTEGER NOT NULL,
      momentFinished INTEGER,
      status INTEGER,
      changed INTEGER NOT NULL DEFAULT 0,
      real INTEGER NOT NULL,
      PRIMARY KEY (session, ordinal)
    ) WITHOUT ROWID;
    CREATE TABLE attempt (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      session INTEGER,
      exercise TEXT NOT NULL,
      points INTEGER NOT NULL,
      total INTEGER NOT NULL,
      hints INTEGER NOT NULL,
      sawSolution INTEGER NOT NULL,
      seconds INTEGER NOT NULL,
      real INTEGER NOT NULL
    );
    CREATE INDEX attemptByExercise ON attempt (exercise, real);
    CREATE TABLE result (
      attempt INTEGER NOT NULL REFERENCES attempt (id) ON DELETE CASCADE,
      ordinal INTEGER NOT NULL,
      name TEXT NOT NULL,
      verdict TEXT NOT NULL,
      reason TEXT NOT NULL,
      points INTEGER NOT NULL,
      PRIMARY KEY (attempt, ordinal)
    ) WITHOUT ROWID;
    CREATE TABLE step (
      lesson TEXT NOT NULL,
      step INTEGER NOT NULL,
      real INTEGER NOT NULL,
      PRIMARY KEY (lesson, step)
    ) WITHOUT ROWID;
    CREATE TABLE history (id INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL UNIQUE);
    CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    """

  /// Points are thousandths; `answer` is the option chosen, counted from 1.
  private static let second = """
    CREATE TABLE card (
      id TEXT PRIMARY KEY,
      stability REAL NOT NULL,
      difficulty REAL NOT NULL,
      phase INTEGER NOT NULL,
      step INTEGER NOT NULL,
      reviewed REAL NOT NULL,
      interval REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE review (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      card TEXT NOT NULL,
      grade INTEGER NOT NULL,
      seconds INTEGER NOT NULL,
      real INTEGER NOT NULL
    );
    CREATE TABLE exam (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      certification TEXT NOT NULL,
      domain TEXT NOT NULL,
      seed INTEGER NOT NULL,
      minutes INTEGER NOT NULL,
      mayPause INTEGER NOT NULL,
      realBegun INTEGER NOT NULL,
      realEnded INTEGER,
      pausedSince INTEGER,
      pausedFor INTEGER NOT NULL DEFAULT 0,
      place INTEGER NOT NULL DEFAULT 1
    );
    CREATE TABLE examTask (
      exam INTEGER NOT NULL REFERENCES exam (id) ON DELETE CASCADE,
      ordinal INTEGER NOT NULL,
      subject TEXT NOT NULL,
      variant INTEGER NOT NULL,
      domain TEXT NOT NULL,
      isFlagged INTEGER NOT NULL DEFAULT 0,
      answer INTEGER,
      points INTEGER,
      total INTEGER,
      cause TEXT,
      PRIMARY KEY (exam, ordinal)
    ) WITHOUT ROWID;
    CREATE INDEX attemptByTime ON attempt (real);
    """
}
