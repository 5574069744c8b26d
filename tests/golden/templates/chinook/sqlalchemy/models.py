"""Tables as SQLAlchemy classes, for SQLAlchemy 1.4 and 2.

Base.metadata.create_all(engine) makes them in PostgreSQL; a schema must be there before.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import declarative_base

Base = declarative_base()
tables = Base.metadata.tables


class Album(Base):
    __tablename__ = "Album"
    __table_args__ = (
        sa.PrimaryKeyConstraint("AlbumId", name="Album_pkey"),
        sa.Index("IFK_AlbumArtistId", "ArtistId"),
        {"schema": "public"},
    )

    AlbumId = sa.Column("AlbumId", sa.Integer(), autoincrement=False, nullable=False)
    Title = sa.Column("Title", sa.String(160), nullable=False)
    ArtistId = sa.Column("ArtistId", sa.Integer(), nullable=False)


class Artist(Base):
    __tablename__ = "Artist"
    __table_args__ = (
        sa.PrimaryKeyConstraint("ArtistId", name="Artist_pkey"),
        {"schema": "public"},
    )

    ArtistId = sa.Column("ArtistId", sa.Integer(), autoincrement=False, nullable=False)
    Name = sa.Column("Name", sa.String(120), nullable=True)


class Customer(Base):
    __tablename__ = "Customer"
    __table_args__ = (
        sa.PrimaryKeyConstraint("CustomerId", name="Customer_pkey"),
        sa.Index("IFK_CustomerSupportRepId", "SupportRepId"),
        {"schema": "public"},
    )

    CustomerId = sa.Column("CustomerId", sa.Integer(), autoincrement=False, nullable=False)
    FirstName = sa.Column("FirstName", sa.String(40), nullable=False)
    LastName = sa.Column("LastName", sa.String(20), nullable=False)
    Company = sa.Column("Company", sa.String(80), nullable=True)
    Address = sa.Column("Address", sa.String(70), nullable=True)
    City = sa.Column("City", sa.String(40), nullable=True)
    State = sa.Column("State", sa.String(40), nullable=True)
    Country = sa.Column("Country", sa.String(40), nullable=True)
    PostalCode = sa.Column("PostalCode", sa.String(10), nullable=True)
    Phone = sa.Column("Phone", sa.String(24), nullable=True)
    Fax = sa.Column("Fax", sa.String(24), nullable=True)
    Email = sa.Column("Email", sa.String(60), nullable=False)
    SupportRepId = sa.Column("SupportRepId", sa.Integer(), nullable=True)


class Employee(Base):
    __tablename__ = "Employee"
    __table_args__ = (
        sa.PrimaryKeyConstraint("EmployeeId", name="Employee_pkey"),
        sa.Index("IFK_EmployeeReportsTo", "ReportsTo"),
        {"schema": "public"},
    )

    EmployeeId = sa.Column("EmployeeId", sa.Integer(), autoincrement=False, nullable=False)
    LastName = sa.Column("LastName", sa.String(20), nullable=False)
    FirstName = sa.Column("FirstName", sa.String(20), nullable=False)
    Title = sa.Column("Title", sa.String(30), nullable=True)
    ReportsTo = sa.Column("ReportsTo", sa.Integer(), nullable=True)
    BirthDate = sa.Column("BirthDate", sa.DateTime(), nullable=True)
    HireDate = sa.Column("HireDate", sa.DateTime(), nullable=True)
    Address = sa.Column("Address", sa.String(70), nullable=True)
    City = sa.Column("City", sa.String(40), nullable=True)
    State = sa.Column("State", sa.String(40), nullable=True)
    Country = sa.Column("Country", sa.String(40), nullable=True)
    PostalCode = sa.Column("PostalCode", sa.String(10), nullable=True)
    Phone = sa.Column("Phone", sa.String(24), nullable=True)
    Fax = sa.Column("Fax", sa.String(24), nullable=True)
    Email = sa.Column("Email", sa.String(60), nullable=True)


class Genre(Base):
    __tablename__ = "Genre"
    __table_args__ = (
        sa.PrimaryKeyConstraint("GenreId", name="Genre_pkey"),
        {"schema": "public"},
    )

    GenreId = sa.Column("GenreId", sa.Integer(), autoincrement=False, nullable=False)
    Name = sa.Column("Name", sa.String(120), nullable=True)


class Invoice(Base):
    __tablename__ = "Invoice"
    __table_args__ = (
        sa.PrimaryKeyConstraint("InvoiceId", name="Invoice_pkey"),
        sa.Index("IFK_InvoiceCustomerId", "CustomerId"),
        {"schema": "public"},
    )

    InvoiceId = sa.Column("InvoiceId", sa.Integer(), autoincrement=False, nullable=False)
    CustomerId = sa.Column("CustomerId", sa.Integer(), nullable=False)
    InvoiceDate = sa.Column("InvoiceDate", sa.DateTime(), nullable=False)
    BillingAddress = sa.Column("BillingAddress", sa.String(70), nullable=True)
    BillingCity = sa.Column("BillingCity", sa.String(40), nullable=True)
    BillingState = sa.Column("BillingState", sa.String(40), nullable=True)
    BillingCountry = sa.Column("BillingCountry", sa.String(40), nullable=True)
    BillingPostalCode = sa.Column("BillingPostalCode", sa.String(10), nullable=True)
    Total = sa.Column("Total", sa.Numeric(10, 2), nullable=False)


class InvoiceLine(Base):
    __tablename__ = "InvoiceLine"
    __table_args__ = (
        sa.PrimaryKeyConstraint("InvoiceLineId", name="InvoiceLine_pkey"),
        sa.Index("IFK_InvoiceLineInvoiceId", "InvoiceId"),
        sa.Index("IFK_InvoiceLineTrackId", "TrackId"),
        {"schema": "public"},
    )

    InvoiceLineId = sa.Column("InvoiceLineId", sa.Integer(), autoincrement=False, nullable=False)
    InvoiceId = sa.Column("InvoiceId", sa.Integer(), nullable=False)
    TrackId = sa.Column("TrackId", sa.Integer(), nullable=False)
    UnitPrice = sa.Column("UnitPrice", sa.Numeric(10, 2), nullable=False)
    Quantity = sa.Column("Quantity", sa.Integer(), nullable=False)


class MediaType(Base):
    __tablename__ = "MediaType"
    __table_args__ = (
        sa.PrimaryKeyConstraint("MediaTypeId", name="MediaType_pkey"),
        {"schema": "public"},
    )

    MediaTypeId = sa.Column("MediaTypeId", sa.Integer(), autoincrement=False, nullable=False)
    Name = sa.Column("Name", sa.String(120), nullable=True)


class Playlist(Base):
    __tablename__ = "Playlist"
    __table_args__ = (
        sa.PrimaryKeyConstraint("PlaylistId", name="Playlist_pkey"),
        {"schema": "public"},
    )

    PlaylistId = sa.Column("PlaylistId", sa.Integer(), autoincrement=False, nullable=False)
    Name = sa.Column("Name", sa.String(120), nullable=True)


class PlaylistTrack(Base):
    __tablename__ = "PlaylistTrack"
    __table_args__ = (
        sa.PrimaryKeyConstraint("PlaylistId", "TrackId", name="PlaylistTrack_pkey"),
        sa.Index("IFK_PlaylistTrackPlaylistId", "PlaylistId"),
        sa.Index("IFK_PlaylistTrackTrackId", "TrackId"),
        {"schema": "public"},
    )

    PlaylistId = sa.Column("PlaylistId", sa.Integer(), autoincrement=False, nullable=False)
    TrackId = sa.Column("TrackId", sa.Integer(), autoincrement=False, nullable=False)


class Track(Base):
    __tablename__ = "Track"
    __table_args__ = (
        sa.PrimaryKeyConstraint("TrackId", name="Track_pkey"),
        sa.Index("IFK_TrackAlbumId", "AlbumId"),
        sa.Index("IFK_TrackGenreId", "GenreId"),
        sa.Index("IFK_TrackMediaTypeId", "MediaTypeId"),
        {"schema": "public"},
    )

    TrackId = sa.Column("TrackId", sa.Integer(), autoincrement=False, nullable=False)
    Name = sa.Column("Name", sa.String(200), nullable=False)
    AlbumId = sa.Column("AlbumId", sa.Integer(), nullable=True)
    MediaTypeId = sa.Column("MediaTypeId", sa.Integer(), nullable=False)
    GenreId = sa.Column("GenreId", sa.Integer(), nullable=True)
    Composer = sa.Column("Composer", sa.String(220), nullable=True)
    Milliseconds = sa.Column("Milliseconds", sa.Integer(), nullable=False)
    Bytes = sa.Column("Bytes", sa.Integer(), nullable=True)
    UnitPrice = sa.Column("UnitPrice", sa.Numeric(10, 2), nullable=False)

tables["public.Album"].append_constraint(
    sa.ForeignKeyConstraint(
        ["ArtistId"],
        [
            tables["public.Artist"].c["ArtistId"],
        ],
        name="Album_ArtistId_fkey",
        onupdate="NO ACTION",
        ondelete="NO ACTION",
    )
)

tables["public.Customer"].append_constraint(
    sa.ForeignKeyConstraint(
        ["SupportRepId"],
        [
            tables["public.Employee"].c["EmployeeId"],
        ],
        name="Customer_SupportRepId_fkey",
        onupdate="NO ACTION",
        ondelete="NO ACTION",
    )
)

tables["public.Employee"].append_constraint(
    sa.ForeignKeyConstraint(
        ["ReportsTo"],
        [
            tables["public.Employee"].c["EmployeeId"],
        ],
        name="Employee_ReportsTo_fkey",
        onupdate="NO ACTION",
        ondelete="NO ACTION",
    )
)

tables["public.Invoice"].append_constraint(
    sa.ForeignKeyConstraint(
        ["CustomerId"],
        [
            tables["public.Customer"].c["CustomerId"],
        ],
        name="Invoice_CustomerId_fkey",
        onupdate="NO ACTION",
        ondelete="NO ACTION",
    )
)

tables["public.InvoiceLine"].append_constraint(
    sa.ForeignKeyConstraint(
        ["InvoiceId"],
        [
            tables["public.Invoice"].c["InvoiceId"],
        ],
        name="InvoiceLine_InvoiceId_fkey",
        onupdate="NO ACTION",
        ondelete="NO ACTION",
    )
)

tables["public.InvoiceLine"].append_constraint(
    sa.ForeignKeyConstraint(
        ["TrackId"],
        [
            tables["public.Track"].c["TrackId"],
        ],
        name="InvoiceLine_TrackId_fkey",
        onupdate="NO ACTION",
        ondelete="NO ACTION",
    )
)

tables["public.PlaylistTrack"].append_constraint(
    sa.ForeignKeyConstraint(
        ["PlaylistId"],
        [
            tables["public.Playlist"].c["PlaylistId"],
        ],
        name="PlaylistTrack_PlaylistId_fkey",
        onupdate="NO ACTION",
        ondelete="NO ACTION",
    )
)

tables["public.PlaylistTrack"].append_constraint(
    sa.ForeignKeyConstraint(
        ["TrackId"],
        [
            tables["public.Track"].c["TrackId"],
        ],
        name="PlaylistTrack_TrackId_fkey",
        onupdate="NO ACTION",
        ondelete="NO ACTION",
    )
)

tables["public.Track"].append_constraint(
    sa.ForeignKeyConstraint(
        ["AlbumId"],
        [
            tables["public.Album"].c["AlbumId"],
        ],
        name="Track_AlbumId_fkey",
        onupdate="NO ACTION",
        ondelete="NO ACTION",
    )
)

tables["public.Track"].append_constraint(
    sa.ForeignKeyConstraint(
        ["GenreId"],
        [
            tables["public.Genre"].c["GenreId"],
        ],
        name="Track_GenreId_fkey",
        onupdate="NO ACTION",
        ondelete="NO ACTION",
    )
)

tables["public.Track"].append_constraint(
    sa.ForeignKeyConstraint(
        ["MediaTypeId"],
        [
            tables["public.MediaType"].c["MediaTypeId"],
        ],
        name="Track_MediaTypeId_fkey",
        onupdate="NO ACTION",
        ondelete="NO ACTION",
    )
)
