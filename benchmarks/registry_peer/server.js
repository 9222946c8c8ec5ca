// Stands in for @cognitiveproof/softbinding-api-server 2.x with its default store, where npm does not have that package.
//
// What happens for one GET /matches/byBinding is the same, step by step, as in its published source (MIT;
// github.com/Cognitive-Proof/c2pa-soft-binding-server: src/index.ts, src/routes/query.ts, plugins/sqlite): Express 4,
// helmet with its defaults, a JSON line of log for each request, a JSON body parser, routes under /v1, and a statement of
// SQLite prepared anew for each query on the same tables. Its rate limit (100 requests in 15 minutes) is off, as
// its option rateLimit: false does. Instead of better-sqlite3 stands node:sqlite, which is as synchronous: version 11 of
// the former, which it asks for, breaks off with Node.js 24 ("Assertion failed: (env) != nullptr" when a statement is
// collected). Written from that description; nothing of it is copied.

'use strict';
const express = require('express');
const helmet = require('helmet');
const { DatabaseSync } = require('node:sqlite');

const database = new DatabaseSync(process.env.SQLITE_DB_PATH);
database.exec('PRAGMA journal_mode = WAL');
database.exec('PRAGMA foreign_keys = ON');
database.exec(`
  CREATE TABLE IF NOT EXISTS manifests (id TEXT PRIMARY KEY, data BLOB NOT NULL, content_type TEXT NOT NULL, receipt TEXT);
  CREATE TABLE IF NOT EXISTS bindings (
    id INTEGER PRIMARY KEY AUTOINCREMENT, binding_value TEXT NOT NULL,
    manifest_id TEXT NOT NULL REFERENCES manifests(id) ON DELETE CASCADE, UNIQUE (binding_value, manifest_id)
  );
  CREATE INDEX IF NOT EXISTS idx_bindings_value ON bindings(binding_value);
`);

async function findByBinding(value, most) {
  const rows = database
    .prepare('SELECT manifest_id FROM bindings WHERE binding_value = ? ORDER BY id ASC LIMIT ?')
    .all(value, most);
  return rows.map((row) => ({ manifestId: row.manifest_id, similarityScore: 100 }));
}

const app = express();
app.use(helmet());
app.use((request, response, next) => {
  const began = Date.now();
  response.on('finish', () => {
    const line = {
      level: 'info', time: new Date().toISOString(), msg: 'request', method: request.method,
      path: request.originalUrl, status: response.statusCode, durationMs: Date.now() - began,
    };
    process.stdout.write(JSON.stringify(line) + '\n');
  });
  next();
});
app.use(express.json({ limit: '1mb' }));

const router = express.Router();
router.get('/matches/byBinding', (request, response, next) => next(), async (request, response) => {
  const { value, alg } = request.query;
  const most = parseInt(request.query.maxResults ?? '10', 10);
  if (!value || !alg) return response.status(400).json({ error: 'value and alg are wanted' });
  if (Number.isNaN(most) || most < 1) return response.status(400).json({ error: 'maxResults is not right' });
  try {
    return response.json({ matches: await findByBinding(value, most) });
  } catch {
    return response.status(500).json({ error: 'failed' });
  }
});
app.use('/v1', router);
app.listen(Number(process.env.PORT), '127.0.0.1');
