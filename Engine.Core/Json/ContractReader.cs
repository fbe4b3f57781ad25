using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Engine.Core.Units;
using Engine.Kernels.Errors;

namespace Engine.Core.Json;

/// <summary>
/// Walks a document against the serializer's contract of a record, so that the first thing wrong is reported in the user's terms, and turns
/// quantities with units into numbers on the way.
/// </summary>
internal sealed class ContractReader(string source, JsonLines lines, UnitSystem? givenUnits)
{
    /// <summary>Verbs by a key that no file of another verb has.</summary>
    private static readonly (string Key, string Verb)[] Verbs = [("stages", "engine run"), ("network", "engine ntk train"), ("studies", "engine ntk study"), ("descriptors", "engine gap fit")];

    private JsonNode? _root;
    private UnitSystem? _units = givenUnits;

    private static JsonSerializerOptions Options => StrictJson.Options;

    public T Read<T>(JsonNode root)
    {
        // A holder, because the root itself may have to be replaced (a quantity as the whole document).
        _root = root;
        var checkedRoot = Check(root, typeof(T), "", default);
        try
        {
            return checkedRoot.Deserialize<T>(Options) ?? throw Error("", "found null, expected an object");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or NotSupportedException or FormatException)
        {
            throw Error("", JsonLines.Clean(exception.Message), exception);
        }
    }

    /// <summary>The keys of a record, for messages; null for what is none.</summary>
    public static string? Keys(Type type) =>
        !typeof(IShapedJson).IsAssignableFrom(type) && Options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } info ? List(Names(info)) : null;

    private JsonNode? Check(JsonNode? node, Type declared, string path, Measure measure)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (node is null || typeof(JsonNode).IsAssignableFrom(type) || type == typeof(object) || type == typeof(JsonElement))
        {
            return node;
        }
        if (typeof(IShapedJson).IsAssignableFrom(type) && type.IsAbstract)
        {
            var (shape, expected) = ShapeOf(type, node);
            return shape is null ? throw Error(path, $"found {Describe(node)}, expected {expected}") : Check(node, shape, path, measure);
        }
        var info = Options.GetTypeInfo(type);
        switch (info.Kind)
        {
            case JsonTypeInfoKind.Object:
                CheckObject(node, info, path, measure);
                return node;
            case JsonTypeInfoKind.Enumerable:
                CheckArray(node, info.ElementType!, path, measure);
                return node;
            case JsonTypeInfoKind.Dictionary:
                CheckDictionary(node, info.ElementType!, path, measure);
                return node;
            default:
                return CheckLeaf(node, type, path, measure);
        }
    }

    private void CheckObject(JsonNode node, JsonTypeInfo info, string path, Measure measure)
    {
        if (node is not JsonObject obj)
        {
            throw Error(path, $"found {Describe(node)}, expected an object with the keys {List(Names(info))}");
        }
        string? discriminator = null;
        if (info.PolymorphismOptions is { } polymorphism)
        {
            discriminator = polymorphism.TypeDiscriminatorPropertyName;
            info = Options.GetTypeInfo(DerivedType(obj, polymorphism, path));
        }
        foreach (var (key, value) in obj.ToArray())
        {
            if (key == discriminator)
            {
                continue;
            }
            var property = Find(info, key);
            var keyPath = JsonLines.Join(path, key);
            if (property is null)
            {
                var names = Names(info);
                throw names.Length == 0
                    ? Error(keyPath, $"unknown key \"{key}\"; expected no further keys here")
                    : Error(keyPath, $"unknown key \"{key}\"; {Spelling.Expected(key, names)} one of {List(names)}{(path.Length == 0 ? OtherVerb(obj, names) : "")}");
            }
            if (value is null)
            {
                if (Nullable.GetUnderlyingType(property.PropertyType) is null && (property.PropertyType.IsValueType || !property.IsSetNullable))
                {
                    throw Error(keyPath, $"found null, expected {Expected(property.PropertyType)}");
                }
                continue;
            }
            var replaced = Check(value, property.PropertyType, keyPath, MeasureOf(property, info, measure));
            if (!ReferenceEquals(replaced, value))
            {
                obj[key] = replaced;
            }
        }
        foreach (var property in info.Properties)
        {
            if (property.IsRequired && !obj.ContainsKey(property.Name))
            {
                throw Error(path, $"the key \"{property.Name}\" is missing{(path.Length == 0 ? "" : $" in {path}")}; expected {Expected(property.PropertyType)}");
            }
        }
    }

    /// <summary>A hint for the file of another verb, which is known by a key.</summary>
    private static string OtherVerb(JsonObject file, string[] names) =>
        Verbs.FirstOrDefault(v => file.ContainsKey(v.Key) && !names.Contains(v.Key)) is (var key, { } verb) ? $"; a file with \"{key}\" is one of `{verb}`" : "";

    /// <summary>Whether a value could be the only element of a list.</summary>
    private static bool IsSingle(JsonValue value, Type element) => value.GetValueKind() switch
    {
        JsonValueKind.String => element == typeof(string),
        JsonValueKind.Number => element == typeof(double) || element == typeof(int) && value.TryGetValue<int>(out _),
        _ => false,
    };

    private void CheckArray(JsonNode node, Type elementType, string path, Measure measure)
    {
        if (node is not JsonArray array)
        {
            throw Error(path, $"found {Describe(node)}, expected an array of {Expected(elementType)}{(node is JsonValue single && IsSingle(single, elementType) ? $": [{single.ToJsonString(Options)}]" : "")}");
        }
        var innermost = elementType.IsValueType || elementType == typeof(string);
        if (innermost && measure.Kinds is { Length: > 1 } columns && array.Count != columns.Length)
        {
            throw Error(path, $"found {array.Count} values, expected {columns.Length}");
        }
        for (var i = 0; i < array.Count; i++)
        {
            var elementPath = $"{path}[{i}]";
            if (array[i] is null && elementType.IsValueType && Nullable.GetUnderlyingType(elementType) is null)
            {
                throw Error(elementPath, $"found null, expected {Expected(elementType)}");
            }
            var replaced = Check(array[i], elementType, elementPath, innermost ? measure.Column(i) : measure);
            if (!ReferenceEquals(replaced, array[i]))
            {
                array[i] = replaced;
            }
        }
    }

    private void CheckDictionary(JsonNode node, Type elementType, string path, Measure measure)
    {
        if (node is not JsonObject obj)
        {
            throw Error(path, $"found {Describe(node)}, expected an object whose values are {Expected(elementType)}");
        }
        foreach (var (key, value) in obj.ToArray())
        {
            var keyPath = JsonLines.Join(path, key);
            if (value is null)
            {
                throw Error(keyPath, $"found null, expected {Expected(elementType)}");
            }
            var replaced = Check(value, elementType, keyPath, measure);
            if (!ReferenceEquals(replaced, value))
            {
                obj[key] = replaced;
            }
        }
    }

    private JsonNode CheckLeaf(JsonNode node, Type type, string path, Measure measure)
    {
        if (type == typeof(double) && measure.Kinds is not null && node.GetValueKind() == JsonValueKind.String)
        {
            try
            {
                return JsonValue.Create(Quantity.Parse(node.GetValue<string>(), measure.Unit(Units(path)), Units(path)));
            }
            catch (InputException exception)
            {
                throw Error(path, exception.Message, exception);
            }
        }
        var kind = node.GetValueKind();
        var fits = type switch
        {
            _ when type == typeof(bool) => kind is JsonValueKind.True or JsonValueKind.False,
            _ when type == typeof(string) => kind == JsonValueKind.String,
            _ when type == typeof(double) || type == typeof(float) => kind == JsonValueKind.Number,
            // The serializer would also take "Red" and "red, blue".
            _ when type.IsEnum => kind == JsonValueKind.String && EnumNames(type).Contains(node.GetValue<string>()),
            _ => true,
        };
        object? value = null;
        Exception? cause = null;
        if (fits)
        {
            try
            {
                value = node.Deserialize(type, Options);
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or InputException)
            {
                cause = exception;
            }
        }
        if (value is null)
        {
            if (type.IsEnum && kind == JsonValueKind.String)
            {
                var names = EnumNames(type);
                var found = node.GetValue<string>();
                throw Error(path, $"found \"{found}\"; {Spelling.Expected(found, names)} one of {List(names)}{Explanations(type)}", cause);
            }
            throw Error(path, cause is InputException ? cause.Message : $"found {Describe(node)}, expected {Expected(type, measure)}{(type == typeof(string) && kind == JsonValueKind.Number ? $": \"{node.ToJsonString()}\"" : "")}", cause);
        }
        if (value is double number && !double.IsFinite(number))
        {
            throw Error(path, $"found {Describe(node)}, which is too large; expected a finite number");
        }
        return node;
    }

    private Type DerivedType(JsonObject obj, JsonPolymorphismOptions polymorphism, string path)
    {
        var discriminator = polymorphism.TypeDiscriminatorPropertyName;
        var names = polymorphism.DerivedTypes.Select(type => type.TypeDiscriminator?.ToString() ?? "").ToArray();
        if (obj[discriminator] is not JsonValue value || value.GetValueKind() != JsonValueKind.String)
        {
            throw Error(path, $"the key \"{discriminator}\" is missing or not a string in {JsonLines.Of(path)}; expected one of {List(names)}");
        }
        var found = value.GetValue<string>();
        foreach (var derived in polymorphism.DerivedTypes)
        {
            if (derived.TypeDiscriminator is string name && name == found)
            {
                return derived.DerivedType;
            }
        }
        throw Error(
            JsonLines.Join(path, discriminator), $"unknown type \"{found}\"; {Spelling.Expected(found, names)} one of {List(names)}");
    }

    private static Measure MeasureOf(JsonPropertyInfo property, JsonTypeInfo owner, Measure outer)
    {
        var attribute = property.AttributeProvider?.GetCustomAttributes(typeof(QuantityAttribute), true).OfType<QuantityAttribute>().FirstOrDefault()
            // A positional record carries the attribute on its constructor's parameter.
            ?? owner.Type.GetConstructors().SelectMany(constructor => constructor.GetParameters())
                .Where(parameter => parameter.Name is { } name && property.AttributeProvider is MemberInfo member && name == member.Name)
                .Select(parameter => parameter.GetCustomAttribute<QuantityAttribute>()).FirstOrDefault();
        return attribute is null ? default : new Measure(attribute.Kinds, outer.Kinds switch
        {
            [QuantityKind.ScheduleValue] => outer.Outer,
            [var kind] => kind,
            _ => null,
        });
    }

    private UnitSystem Units(string path)
    {
        if (_units is null)
        {
            if ((_root as JsonObject)?["units"] is not JsonValue name || name.GetValueKind() != JsonValueKind.String)
            {
                throw Error(path, "a quantity with a unit needs the key \"units\" at the top of the document; expected lj, metal, micro or si");
            }
            var constants = (_root as JsonObject)?["constants"] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
            try
            {
                _units = UnitSystem.Named(name.GetValue<string>(), constants);
            }
            catch (InputException exception)
            {
                throw Error("units", exception.Message, exception);
            }
        }
        return _units;
    }

    private static (Type? Shape, string Expected) ShapeOf(Type type, JsonNode node)
    {
        var method = typeof(ContractReader).GetMethod(nameof(Shape), BindingFlags.NonPublic | BindingFlags.Static)!;
        return ((Type?, string))method.MakeGenericMethod(type).Invoke(null, [node])!;
    }

    private static (Type?, string) Shape<T>(JsonNode node) where T : IShapedJson => (T.ShapeOf(node), T.Expected);

    private static JsonPropertyInfo? Find(JsonTypeInfo info, string key)
    {
        foreach (var property in info.Properties)
        {
            if (property.Name == key && property.Set is not null || property.Name == key && IsConstructorParameter(property))
            {
                return property;
            }
        }
        return null;
    }

    private static bool IsConstructorParameter(JsonPropertyInfo property) => property.AssociatedParameter is not null;

    private static string[] Names(JsonTypeInfo info)
    {
        var names = info.Properties.Where(property => property.Set is not null || IsConstructorParameter(property)).Select(property => property.Name);
        return (info.PolymorphismOptions is { } polymorphism ? names.Prepend(polymorphism.TypeDiscriminatorPropertyName) : names).ToArray();
    }

    private static string[] EnumNames(Type type) =>
        Enum.GetValues(type).Cast<object>().Select(value => JsonSerializer.SerializeToElement(value, type, Options).GetString()!).ToArray();

    private static string Expected(Type declared, Measure measure = default)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(double) || type == typeof(float))
        {
            return measure.Kinds is null ? "a number" : "a number, or a string with a unit";
        }
        if (type == typeof(int) || type == typeof(long) || type == typeof(uint) || type == typeof(ulong))
        {
            return type == typeof(ulong) || type == typeof(uint) ? "an integer that is not negative" : "an integer";
        }
        if (typeof(IShapedJson).IsAssignableFrom(type) && type.IsAbstract)
        {
            return ShapeOf(type, JsonValue.Create(0)).Expected;
        }
        return type switch
        {
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(string) => "a string",
            _ when type.IsEnum => $"one of {List(EnumNames(type))}",
            _ when type != typeof(JsonNode) && Options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Enumerable } list => $"an array of {Expected(list.ElementType!)}",
            _ => "an object",
        };
    }

    private static string Describe(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => $"the string \"{Shorten(node.GetValue<string>())}\"",
        _ => Shorten(node.ToJsonString()),
    };

    private static string Shorten(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= 40 ? line : line[..37] + "...";
    }

    /// <summary>What those values of an enumeration mean whose names do not say it.</summary>
    private static string Explanations(Type type) => string.Concat(
        type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (field.Name, field.GetCustomAttribute<DescriptionAttribute>()?.Description))
            .Where(value => value.Description is not null)
            .Select(value => $"; {JsonNamingPolicy.CamelCase.ConvertName(value.Name)}: {value.Description}"));

    private static string List(IEnumerable<string> names) => string.Join(", ", names);

    private InputException Error(string path, string problem, Exception? cause = null) =>
        new($"{lines.Locate(source, path)}: {(path.Length == 0 ? "" : path + ": ")}{problem}".ReplaceLineEndings(" "), cause);

    /// <summary>What the number at hand measures: the kinds of its attribute and, inside a schedule, the kind of the schedule.</summary>
    private readonly record struct Measure(QuantityKind[]? Kinds, QuantityKind? Outer)
    {
        public Measure Column(int i) => Kinds is { Length: > 1 } ? this with { Kinds = [Kinds[i]] } : this;

        public string Unit(UnitSystem units) => Kinds![0] switch
        {
            QuantityKind.ScheduleValue => units.UnitOf(Outer ?? QuantityKind.Dimensionless),
            QuantityKind.ScheduleRate => $"{units.UnitOf(Outer ?? QuantityKind.Dimensionless)}/{units.TimeUnit}",
            var kind => units.UnitOf(kind),
        };
    }
}
