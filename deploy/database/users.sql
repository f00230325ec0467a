-- Users of the database, each with what it needs and no more. Run as an administrator of the server, before the
-- migrations; can be run again. What the web user may write is granted table by table, once the tables are there
-- (grants.sql). scripts/install replaces: @WEB@, @JOBS@, @BACKUP@, @MIGRATIONS@ by passwords, @DATABASE@ by the
-- database's name, @PATTERN@ by the name with each _ as \_ (grants take _ for any letter), @FROM@ by the
-- address that the users come from.

CREATE DATABASE IF NOT EXISTS `@DATABASE@` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- Changes the schema; used by hand and by scripts/upgrade only.
CREATE USER IF NOT EXISTS 'parkstats_migrations'@'@FROM@';
ALTER USER 'parkstats_migrations'@'@FROM@' IDENTIFIED BY '@MIGRATIONS@';
GRANT ALL PRIVILEGES ON `@PATTERN@`.* TO 'parkstats_migrations'@'@FROM@';

-- Reads and writes rows.
CREATE USER IF NOT EXISTS 'parkstats_jobs'@'@FROM@';
ALTER USER 'parkstats_jobs'@'@FROM@' IDENTIFIED BY '@JOBS@';
GRANT SELECT, INSERT, UPDATE, DELETE ON `@PATTERN@`.* TO 'parkstats_jobs'@'@FROM@';

-- Reads; writes what the admin writes (grants.sql).
CREATE USER IF NOT EXISTS 'parkstats_web'@'@FROM@';
ALTER USER 'parkstats_web'@'@FROM@' IDENTIFIED BY '@WEB@';
GRANT SELECT ON `@PATTERN@`.* TO 'parkstats_web'@'@FROM@';

-- Reads everything, and loads what it wrote into a second database to see that it can be loaded.
CREATE USER IF NOT EXISTS 'parkstats_backup'@'@FROM@';
ALTER USER 'parkstats_backup'@'@FROM@' IDENTIFIED BY '@BACKUP@';
GRANT SELECT, SHOW VIEW, TRIGGER ON `@PATTERN@`.* TO 'parkstats_backup'@'@FROM@';
GRANT ALL PRIVILEGES ON `@PATTERN@\_verify`.* TO 'parkstats_backup'@'@FROM@';
