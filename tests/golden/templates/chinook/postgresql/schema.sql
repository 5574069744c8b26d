-- Tables without keys. Load the rows, then run keys.sql.

CREATE TABLE "public"."Album" (
    "AlbumId" integer NOT NULL,
    "Title" varchar(160) NOT NULL,
    "ArtistId" integer NOT NULL
);

CREATE TABLE "public"."Artist" (
    "ArtistId" integer NOT NULL,
    "Name" varchar(120)
);

CREATE TABLE "public"."Customer" (
    "CustomerId" integer NOT NULL,
    "FirstName" varchar(40) NOT NULL,
    "LastName" varchar(20) NOT NULL,
    "Company" varchar(80),
    "Address" varchar(70),
    "City" varchar(40),
    "State" varchar(40),
    "Country" varchar(40),
    "PostalCode" varchar(10),
    "Phone" varchar(24),
    "Fax" varchar(24),
    "Email" varchar(60) NOT NULL,
    "SupportRepId" integer
);

CREATE TABLE "public"."Employee" (
    "EmployeeId" integer NOT NULL,
    "LastName" varchar(20) NOT NULL,
    "FirstName" varchar(20) NOT NULL,
    "Title" varchar(30),
    "ReportsTo" integer,
    "BirthDate" timestamp,
    "HireDate" timestamp,
    "Address" varchar(70),
    "City" varchar(40),
    "State" varchar(40),
    "Country" varchar(40),
    "PostalCode" varchar(10),
    "Phone" varchar(24),
    "Fax" varchar(24),
    "Email" varchar(60)
);

CREATE TABLE "public"."Genre" (
    "GenreId" integer NOT NULL,
    "Name" varchar(120)
);

CREATE TABLE "public"."Invoice" (
    "InvoiceId" integer NOT NULL,
    "CustomerId" integer NOT NULL,
    "InvoiceDate" timestamp NOT NULL,
    "BillingAddress" varchar(70),
    "BillingCity" varchar(40),
    "BillingState" varchar(40),
    "BillingCountry" varchar(40),
    "BillingPostalCode" varchar(10),
    "Total" numeric(10,2) NOT NULL
);

CREATE TABLE "public"."InvoiceLine" (
    "InvoiceLineId" integer NOT NULL,
    "InvoiceId" integer NOT NULL,
    "TrackId" integer NOT NULL,
    "UnitPrice" numeric(10,2) NOT NULL,
    "Quantity" integer NOT NULL
);

CREATE TABLE "public"."MediaType" (
    "MediaTypeId" integer NOT NULL,
    "Name" varchar(120)
);

CREATE TABLE "public"."Playlist" (
    "PlaylistId" integer NOT NULL,
    "Name" varchar(120)
);

CREATE TABLE "public"."PlaylistTrack" (
    "PlaylistId" integer NOT NULL,
    "TrackId" integer NOT NULL
);

CREATE TABLE "public"."Track" (
    "TrackId" integer NOT NULL,
    "Name" varchar(200) NOT NULL,
    "AlbumId" integer,
    "MediaTypeId" integer NOT NULL,
    "GenreId" integer,
    "Composer" varchar(220),
    "Milliseconds" integer NOT NULL,
    "Bytes" integer,
    "UnitPrice" numeric(10,2) NOT NULL
);
