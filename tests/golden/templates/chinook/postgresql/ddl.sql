BEGIN;

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

-- Keys, sequences, indexes and comments. Run it once the rows are there.

ALTER TABLE "public"."Album"
    ADD CONSTRAINT "Album_pkey" PRIMARY KEY ("AlbumId");

CREATE INDEX "IFK_AlbumArtistId" ON "public"."Album"
    ("ArtistId");

ALTER TABLE "public"."Artist"
    ADD CONSTRAINT "Artist_pkey" PRIMARY KEY ("ArtistId");

ALTER TABLE "public"."Customer"
    ADD CONSTRAINT "Customer_pkey" PRIMARY KEY ("CustomerId");

CREATE INDEX "IFK_CustomerSupportRepId" ON "public"."Customer"
    ("SupportRepId");

ALTER TABLE "public"."Employee"
    ADD CONSTRAINT "Employee_pkey" PRIMARY KEY ("EmployeeId");

CREATE INDEX "IFK_EmployeeReportsTo" ON "public"."Employee"
    ("ReportsTo");

ALTER TABLE "public"."Genre"
    ADD CONSTRAINT "Genre_pkey" PRIMARY KEY ("GenreId");

ALTER TABLE "public"."Invoice"
    ADD CONSTRAINT "Invoice_pkey" PRIMARY KEY ("InvoiceId");

CREATE INDEX "IFK_InvoiceCustomerId" ON "public"."Invoice"
    ("CustomerId");

ALTER TABLE "public"."InvoiceLine"
    ADD CONSTRAINT "InvoiceLine_pkey" PRIMARY KEY ("InvoiceLineId");

CREATE INDEX "IFK_InvoiceLineInvoiceId" ON "public"."InvoiceLine"
    ("InvoiceId");

CREATE INDEX "IFK_InvoiceLineTrackId" ON "public"."InvoiceLine"
    ("TrackId");

ALTER TABLE "public"."MediaType"
    ADD CONSTRAINT "MediaType_pkey" PRIMARY KEY ("MediaTypeId");

ALTER TABLE "public"."Playlist"
    ADD CONSTRAINT "Playlist_pkey" PRIMARY KEY ("PlaylistId");

ALTER TABLE "public"."PlaylistTrack"
    ADD CONSTRAINT "PlaylistTrack_pkey" PRIMARY KEY ("PlaylistId", "TrackId");

CREATE INDEX "IFK_PlaylistTrackPlaylistId" ON "public"."PlaylistTrack"
    ("PlaylistId");

CREATE INDEX "IFK_PlaylistTrackTrackId" ON "public"."PlaylistTrack"
    ("TrackId");

ALTER TABLE "public"."Track"
    ADD CONSTRAINT "Track_pkey" PRIMARY KEY ("TrackId");

CREATE INDEX "IFK_TrackAlbumId" ON "public"."Track"
    ("AlbumId");

CREATE INDEX "IFK_TrackGenreId" ON "public"."Track"
    ("GenreId");

CREATE INDEX "IFK_TrackMediaTypeId" ON "public"."Track"
    ("MediaTypeId");

ALTER TABLE "public"."Album"
    ADD CONSTRAINT "Album_ArtistId_fkey" FOREIGN KEY ("ArtistId")
    REFERENCES "public"."Artist" ("ArtistId") ON UPDATE NO ACTION ON DELETE NO ACTION;

ALTER TABLE "public"."Customer"
    ADD CONSTRAINT "Customer_SupportRepId_fkey" FOREIGN KEY ("SupportRepId")
    REFERENCES "public"."Employee" ("EmployeeId") ON UPDATE NO ACTION ON DELETE NO ACTION;

ALTER TABLE "public"."Employee"
    ADD CONSTRAINT "Employee_ReportsTo_fkey" FOREIGN KEY ("ReportsTo")
    REFERENCES "public"."Employee" ("EmployeeId") ON UPDATE NO ACTION ON DELETE NO ACTION;

ALTER TABLE "public"."Invoice"
    ADD CONSTRAINT "Invoice_CustomerId_fkey" FOREIGN KEY ("CustomerId")
    REFERENCES "public"."Customer" ("CustomerId") ON UPDATE NO ACTION ON DELETE NO ACTION;

ALTER TABLE "public"."InvoiceLine"
    ADD CONSTRAINT "InvoiceLine_InvoiceId_fkey" FOREIGN KEY ("InvoiceId")
    REFERENCES "public"."Invoice" ("InvoiceId") ON UPDATE NO ACTION ON DELETE NO ACTION;

ALTER TABLE "public"."InvoiceLine"
    ADD CONSTRAINT "InvoiceLine_TrackId_fkey" FOREIGN KEY ("TrackId")
    REFERENCES "public"."Track" ("TrackId") ON UPDATE NO ACTION ON DELETE NO ACTION;

ALTER TABLE "public"."PlaylistTrack"
    ADD CONSTRAINT "PlaylistTrack_PlaylistId_fkey" FOREIGN KEY ("PlaylistId")
    REFERENCES "public"."Playlist" ("PlaylistId") ON UPDATE NO ACTION ON DELETE NO ACTION;

ALTER TABLE "public"."PlaylistTrack"
    ADD CONSTRAINT "PlaylistTrack_TrackId_fkey" FOREIGN KEY ("TrackId")
    REFERENCES "public"."Track" ("TrackId") ON UPDATE NO ACTION ON DELETE NO ACTION;

ALTER TABLE "public"."Track"
    ADD CONSTRAINT "Track_AlbumId_fkey" FOREIGN KEY ("AlbumId")
    REFERENCES "public"."Album" ("AlbumId") ON UPDATE NO ACTION ON DELETE NO ACTION;

ALTER TABLE "public"."Track"
    ADD CONSTRAINT "Track_GenreId_fkey" FOREIGN KEY ("GenreId")
    REFERENCES "public"."Genre" ("GenreId") ON UPDATE NO ACTION ON DELETE NO ACTION;

ALTER TABLE "public"."Track"
    ADD CONSTRAINT "Track_MediaTypeId_fkey" FOREIGN KEY ("MediaTypeId")
    REFERENCES "public"."MediaType" ("MediaTypeId") ON UPDATE NO ACTION ON DELETE NO ACTION;

COMMIT;
