// Writes a copy of an assembly in which everything internal is public: OpenInternals IN.dll OUT.dll
//
// ML.NET keeps what a transformer needs to save and load itself internal. The runtime lets an assembly in through
// IgnoresAccessChecksToAttribute; the compiler needs to see the members too, so it gets this copy as its reference.
// The copy never ships and never runs: only the visibility bits of the metadata tables differ (ECMA-335 II.22-23).
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: OpenInternals IN.dll OUT.dll");
    return 2;
}

var image = File.ReadAllBytes(args[0]);
using var pe = new PEReader(new MemoryStream(image));
var metadata = pe.GetMetadataReader();
var start = pe.PEHeaders.MetadataStartOffset;

// Flags is the first column of TypeDef (4 bytes) and of Field (2 bytes); in MethodDef it follows RVA (4) and ImplFlags (2).
Rewrite(TableIndex.TypeDef, 0, flags => (TypeAttributes)(flags & (int)TypeAttributes.VisibilityMask) switch
{
    TypeAttributes.NotPublic => (int)TypeAttributes.Public,
    TypeAttributes.NestedAssembly or TypeAttributes.NestedFamANDAssem => (int)TypeAttributes.NestedPublic,
    var visibility => (int)visibility,
});
Rewrite(TableIndex.Field, 0, OpenMember);
Rewrite(TableIndex.MethodDef, 6, OpenMember);

Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(args[1]))!);
File.WriteAllBytes(args[1], image);
return 0;

// Members and fields share the values of the access mask. "protected internal" stays, so that overrides still match.
static int OpenMember(int flags) => (MethodAttributes)(flags & (int)MethodAttributes.MemberAccessMask) switch
{
    MethodAttributes.Assembly => (int)MethodAttributes.Public,
    MethodAttributes.FamANDAssem => (int)MethodAttributes.Family,
    var access => (int)access,
};

void Rewrite(TableIndex table, int column, Func<int, int> open)
{
    const int mask = 7; // both visibility masks are the three lowest bits, so one byte is all that changes
    var offset = start + metadata.GetTableMetadataOffset(table) + column;
    for (var row = 0; row < metadata.GetTableRowCount(table); row++, offset += metadata.GetTableRowSize(table))
        image[offset] = (byte)(image[offset] & ~mask | open(image[offset]));
}
