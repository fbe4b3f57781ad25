using System.Security.Cryptography;
using System.Text;

namespace Engine.Core.Json;

/// <summary>The identity of a record: SHA-256 of its canonical JSON, 64 lower-case hexadecimal digits.</summary>
public static class ContentHash
{
    /// <summary>Hash of a record; the same for equal records, however their files were written (units, order of keys, comments).</summary>
    public static string Of<T>(T record) => OfText(StrictJson.Canonical(record));

    /// <summary>Hash of a text in UTF-8.</summary>
    public static string OfText(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
