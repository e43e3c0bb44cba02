-- The two database roles of an installation; run once as a superuser, with passwords of your own.
-- psql -v owner_password=… -v portal_password=… -f deploy/roles.sql
CREATE ROLE portal_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE portal LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'portal_password';
CREATE DATABASE portal OWNER portal_owner;
REVOKE ALL ON DATABASE portal FROM PUBLIC;
GRANT CONNECT ON DATABASE portal TO portal;
