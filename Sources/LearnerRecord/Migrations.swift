import GRDB

/// The steps from an empty database to today's form; a published one is never changed.
enum Migrations {
  static var all: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 the record") { try $0.execute(sql: first) }
    migrator.registerMigration("2 cards and exams") { try $0.execute(sql: second) }
    return migrator
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
