-- SPDX-License-Identifier: Apache-2.0
-- A schema as SQL Server's own tools script it; sqlserver.rows.sql is what the server's catalog views say of the same.
CREATE SCHEMA [sales]
GO
CREATE TYPE [dbo].[Flag] FROM [bit] NOT NULL
GO
CREATE TABLE [dbo].[Customer](
    [Id] [int] IDENTITY(1,1) NOT NULL,
    [Name] [nvarchar](50) COLLATE Latin1_General_CI_AS NOT NULL,
    [Born] [date] NULL,
    [Credit] [decimal](18, 2) NOT NULL CONSTRAINT [DF_Credit]  DEFAULT ((0)),
    [Notes] [nvarchar](max) COLLATE Latin1_General_CI_AS NULL,
    [Photo] [varbinary](max) NULL,
    [Active] [dbo].[Flag] NOT NULL,
    [Version] [timestamp] NOT NULL,
    [Doubled]  AS ([Credit]*(2)) PERSISTED,
    [Changed] [datetime2](7) NULL DEFAULT (sysutcdatetime()),
    [Größe] [float] NULL,
 CONSTRAINT [PK_Customer] PRIMARY KEY CLUSTERED
(
    [Id] ASC
)WITH (PAD_INDEX = OFF) ON [PRIMARY],
 CONSTRAINT [UQ_Customer_Name] UNIQUE NONCLUSTERED
(
    [Name] ASC
) ON [PRIMARY]
) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
GO
CREATE TABLE [sales].[Order](
    [Id] [bigint] NOT NULL,
    [Line] [smallint] NOT NULL,
    [CustomerId] [int] NULL,
    [AgentId] [int] NULL,
    [Code] [char](3) COLLATE Latin1_General_BIN2 NULL,
    [At] [datetimeoffset](3) NOT NULL,
    [Total] [money] NULL,
    [Key] [uniqueidentifier] NOT NULL DEFAULT (newid()),
 PRIMARY KEY CLUSTERED
(
    [Id] ASC,
    [Line] ASC
)
) ON [PRIMARY]
GO
CREATE TABLE [sales].[Note](
    [OrderId] [bigint] NULL,
    [OrderLine] [smallint] NULL,
    [Text] [varchar](200) COLLATE Latin1_General_CI_AS NULL
) ON [PRIMARY]
GO
SET ANSI_NULLS ON
GO
CREATE VIEW [dbo].[Active] WITH SCHEMABINDING AS
SELECT [Id], [Name] FROM [dbo].[Customer] WHERE [Credit] > 0
GO
CREATE SEQUENCE [sales].[Numbers] AS [bigint] START WITH 100 INCREMENT BY 5 MINVALUE 1 MAXVALUE 9999 CYCLE CACHE
GO
ALTER TABLE [sales].[Order]  WITH CHECK ADD  CONSTRAINT [FK_Order_Customer] FOREIGN KEY([CustomerId])
REFERENCES [dbo].[Customer] ([Id])
ON DELETE CASCADE
GO
ALTER TABLE [sales].[Order]  WITH NOCHECK ADD  CONSTRAINT [FK_Order_Agent] FOREIGN KEY([AgentId])
REFERENCES [dbo].[Customer] ([Id])
ON UPDATE SET NULL
GO
ALTER TABLE [sales].[Note]  WITH CHECK ADD FOREIGN KEY([OrderId], [OrderLine])
REFERENCES [sales].[Order] ([Id], [Line])
GO
ALTER TABLE [sales].[Order]  WITH CHECK ADD  CONSTRAINT [CK_Total] CHECK  (([Total]>(0)))
GO
CREATE NONCLUSTERED INDEX [IX_At] ON [sales].[Order]
(
    [At] DESC,
    [Code] ASC
)
INCLUDE([Total]) WITH (PAD_INDEX = OFF) ON [PRIMARY]
GO
CREATE UNIQUE NONCLUSTERED INDEX [IX_Code] ON [sales].[Order]
(
    [Code] ASC
)
WHERE ([Code] IS NOT NULL)
WITH (PAD_INDEX = OFF) ON [PRIMARY]
GO
CREATE NONCLUSTERED COLUMNSTORE INDEX [NCCI] ON [sales].[Note] ([OrderId], [Text])
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'who buys' , @level0type=N'SCHEMA',@level0name=N'dbo', @level1type=N'TABLE',@level1name=N'Customer'
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'it''s the ''display'' name' , @level0type=N'SCHEMA',@level0name=N'dbo',
    @level1type=N'TABLE',@level1name=N'Customer', @level2type=N'COLUMN',@level2name=N'Name'
GO
